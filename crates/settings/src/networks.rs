//! Networks in the config that contain nearly every address, so that almost any sender is trusted.

use std::net::IpAddr;

use model::IpNetwork;

use crate::{Misfit, Settings};

/// A misfit for each network that is wider than that of any carrier, office or proxy.
pub(crate) fn wide_networks(settings: &Settings) -> Vec<Misfit> {
    let trunks = settings.trunks.iter().flat_map(|trunk| {
        let media = Some(&trunk.media).filter(|media| **media != trunk.sources);
        let voice = wide(media.into_iter().flatten()).map(|network| Misfit {
            key: "trunks.toml: media",
            what: format!(
                "{network} of \"{}\" is nearly every address: any sender that finds a voice port \
                 is heard as the carrier",
                trunk.name
            ),
            right: "write the networks the carrier's voice comes from".to_owned(),
        });
        let calls = wide(&trunk.sources).map(|network| Misfit {
            key: "trunks.toml: sources",
            what: format!(
                "{network} is nearly every address: any sender can call as \"{}\"",
                trunk.name
            ),
            right: "write the addresses the carrier sends from".to_owned(),
        });
        calls.chain(voice).collect::<Vec<_>>()
    });
    let sip = wide(&settings.proxies).map(|network| Misfit {
        key: "trunks.toml: [[proxy]] sources",
        what: format!("{network} is nearly every address: any sender is trusted as a proxy"),
        right: "write the proxy's addresses".to_owned(),
    });
    let http = wide(&settings.http.proxies).map(|network| Misfit {
        key: "heartline.toml: [http] proxies",
        what: format!("{network} is nearly every address: any client can claim any address"),
        right: "write the reverse proxy's addresses".to_owned(),
    });
    trunks.chain(sip).chain(http).collect()
}

fn wide<'a>(
    networks: impl IntoIterator<Item = &'a IpNetwork>,
) -> impl Iterator<Item = &'a IpNetwork> {
    networks.into_iter().filter(|network| match network.address {
        IpAddr::V4(_) => network.prefix < NARROWEST_WIDE_V4,
        IpAddr::V6(_) => network.prefix < NARROWEST_WIDE_V6,
    })
}

/// 10.0.0.0/8 is the widest private network (RFC 1918). The public networks of a carrier are
/// narrower.
const NARROWEST_WIDE_V4: u8 = 8;
/// Registries give a carrier a /32, in rare cases up to a /19. fc00::/7 is private (RFC 4193), and
/// a site uses a /48 of it.
const NARROWEST_WIDE_V6: u8 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn source(address: &str, prefix: u8) -> IpNetwork {
        IpNetwork { address: address.parse().unwrap(), prefix }
    }

    fn notes(change: impl FnOnce(&mut Settings)) -> Vec<&'static str> {
        let mut settings = Settings::embedded().unwrap();
        change(&mut settings);
        wide_networks(&settings).iter().map(|misfit| misfit.key).collect()
    }

    #[test]
    fn network_of_a_carrier_or_a_building_is_not_noted() {
        let narrow = vec![source("10.0.0.0", 8), source("2001:db8::", 32), source("::1", 128)];
        let noted = notes(|settings| {
            settings.trunks[0].media = narrow.clone();
            settings.trunks[0].sources = narrow.clone();
            settings.proxies = narrow.clone();
            settings.http.proxies = narrow;
        });
        assert_eq!(noted, [""; 0]);
    }

    #[test]
    fn network_of_nearly_all_addresses_is_noted() {
        let halves = || vec![source("0.0.0.0", 1), source("128.0.0.0", 1)];
        let media = notes(|settings| settings.trunks[0].media = vec![source("0.0.0.0", 0)]);
        assert_eq!(media, ["trunks.toml: media"]);
        let media = notes(|settings| settings.trunks[0].media = halves());
        assert_eq!(media, ["trunks.toml: media"; 2]);
        // Without `media` in the config, the trunk's sources are its media, and are noted once.
        let calls = notes(|settings| {
            settings.trunks[0].sources = vec![source("::", 0)];
            settings.trunks[0].media = settings.trunks[0].sources.clone();
        });
        assert_eq!(calls, ["trunks.toml: sources"]);
        let sip = notes(|settings| settings.proxies = vec![source("0.0.0.0", 0)]);
        assert_eq!(sip, ["trunks.toml: [[proxy]] sources"]);
        let http = notes(|settings| settings.http.proxies = vec![source("0.0.0.0", 0)]);
        assert_eq!(http, ["heartline.toml: [http] proxies"]);
    }
}
