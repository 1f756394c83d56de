//! Trunks, and the media policies of far ends.

use std::{net::IpAddr, sync::Arc};

use primitives::{IpNetwork, SymmetricRtp, TrunkId};

/// The media policy of a far end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoicePolicy {
    /// Networks that its RTP may come from.
    pub networks: Arc<[IpNetwork]>,
    /// Whether our RTP is sent to the address its RTP comes from (RFC 4961).
    pub symmetric: SymmetricRtp,
}

/// A carrier's gateway, identified by its source addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trunk {
    /// Its name.
    pub id: TrunkId,
    /// The networks that its signalling comes from.
    pub sources: Vec<IpNetwork>,
}

impl Trunk {
    /// Whether `source` lies in one of its networks.
    pub fn contains(&self, source: IpAddr) -> bool {
        self.sources.iter().any(|network| network.contains(source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_is_matched_by_its_networks() {
        let network = |address: &str, prefix| {
            let address = address.parse().unwrap();
            IpNetwork { address, prefix }
        };
        let trunk = Trunk {
            id: "telecom".into(),
            sources: vec![
                network("10.1.0.0", 16),
                network("192.0.2.7", 32),
                network("2001:db8::", 32),
            ],
        };
        let holds = |source: &str| trunk.contains(source.parse().unwrap());
        assert!(holds("10.1.200.3") && holds("192.0.2.7") && holds("2001:db8::1"));
        assert!(!holds("10.2.0.1") && !holds("192.0.2.8") && !holds("::1"));
        let all = Trunk { id: "all".into(), sources: vec![network("0.0.0.0", 0)] };
        assert!(all.contains("8.8.8.8".parse().unwrap()));
    }
}
