//! Offers of RFC 4317 and of real gateways.

use std::time::Duration;

use super::*;

fn local() -> LocalMedia {
    LocalMedia::new("10.0.0.1:20000".parse().expect("an address"), 42)
}

/// An offer of RFC 4317's shape with these lines after the head.
fn offered(lines: &str) -> Vec<u8> {
    let head = "v=0\no=alice 2890844526 2890844526 IN IP4 host.atlanta.example.com\ns=\n\
        c=IN IP4 192.0.2.7\nt=0 0\n";
    format!("{head}{lines}").replace('\n', "\r\n").into_bytes()
}

fn answered(lines: &str) -> (String, RemoteMedia) {
    let (body, remote) = answer(&mut local(), &offered(lines)).expect("an answer");
    (String::from_utf8(body).expect("text").replace("\r\n", "\n"), remote)
}

#[test]
fn offer_has_both_codecs_and_dtmf() {
    let text = String::from_utf8(offer(&local())).expect("text").replace("\r\n", "\n");
    assert_eq!(
        text,
        "v=0\no=- 42 1 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\n\
         m=audio 20000 RTP/AVP 8 0 101\na=rtpmap:8 PCMA/8000\na=rtpmap:0 PCMU/8000\n\
         a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=ptime:20\na=sendrecv\n"
    );
}

/// RFC 4317 2.1: PCMU, PCMA and iLBC offered with a video.
#[test]
fn audio_is_accepted_and_video_refused_in_its_position() {
    let (text, remote) = answered(
        "m=video 51372 RTP/AVP 31 32\na=rtpmap:31 H261/90000\na=rtpmap:32 MPV/90000\n\
         m=audio 49170 RTP/AVP 97 0 8 96\na=rtpmap:97 iLBC/8000\na=rtpmap:0 PCMU/8000\n\
         a=rtpmap:8 PCMA/8000\na=rtpmap:96 telephone-event/8000\na=ptime:30\n\
         m=audio 49174 RTP/AVP 0\n",
    );
    assert_eq!(
        text,
        "v=0\no=- 42 1 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\n\
         m=video 0 RTP/AVP 31 32\nm=audio 20000 RTP/AVP 0 96\na=rtpmap:0 PCMU/8000\n\
         a=rtpmap:96 telephone-event/8000\na=fmtp:96 0-15\na=ptime:20\na=sendrecv\n\
         m=audio 0 RTP/AVP 0\n"
    );
    assert_eq!(
        remote,
        RemoteMedia {
            rtp: "192.0.2.7:49170".parse().expect("an address"),
            codec: Codec::Pcmu,
            send: PayloadTypes::of(Codec::Pcmu, Some(96)),
            receive: PayloadTypes::of(Codec::Pcmu, Some(96)),
            ptime: Duration::from_millis(30),
            direction: Direction::SendRecv,
            signalled: SignalledSource::default(),
        }
    );
}

#[test]
fn first_offered_codec_is_chosen() {
    assert_eq!(answered("m=audio 1000 RTP/AVP 18 8 0\n").1.codec, Codec::Pcma);
    assert_eq!(answered("m=audio 1000 RTP/AVP 0 8\n").1.codec, Codec::Pcmu);
    assert_eq!(answered("m=audio 1000 RTP/AVP 0 8\n").1.send.telephone_event, None);
    // A static payload type that an rtpmap gives to another codec is that codec.
    let renamed = answered("m=audio 1000 RTP/AVP 0 8\na=rtpmap:0 G726-32/8000\n");
    assert_eq!(renamed.1.codec, Codec::Pcma);
}

#[test]
fn offer_without_a_supported_stream_is_refused() {
    for lines in [
        "m=audio 1000 RTP/AVP 18\n",
        "m=audio 0 RTP/AVP 8\n",
        "m=audio 1000 RTP/SAVP 8\n",
        "m=video 1000 RTP/AVP 31\n",
        "m=audio 1000 RTP/AVP 8\nc=IN IP4 224.2.1.1/127\n",
        "m=audio 1000 RTP/AVP 8\nc=IN IP4 192.0.2.700\n",
        "m=audio 1000 RTP/AVP 8\nc=IN IP4 pbx_example..com\n",
        "m=audio 1000 RTP/SAVPF 8\n",
        "m=audio 70000 RTP/AVP 8\n",
        "",
    ] {
        assert_eq!(answer(&mut local(), &offered(lines)), None, "{lines}");
        assert_eq!(read_offer(&offered(lines)), None, "{lines}");
    }
    for body in [&b""[..], b"hello", b"v=1\r\n", b"v=0", &[0xff; 40]] {
        assert_eq!(read_offer(body), None);
    }
}

#[test]
fn hold_is_recognised_in_its_new_and_old_form() {
    let heard = |lines: &str| answered(lines).1.direction;
    assert_eq!(heard("m=audio 1000 RTP/AVP 8\na=sendonly\n"), Direction::RecvOnly);
    assert_eq!(heard("m=audio 1000 RTP/AVP 8\na=recvonly\n"), Direction::SendOnly);
    assert_eq!(heard("m=audio 1000 RTP/AVP 8\na=inactive\n"), Direction::Inactive);
    assert_eq!(heard("a=sendonly\nm=audio 1000 RTP/AVP 8\n"), Direction::RecvOnly);
    let (text, old) = answered("m=audio 1000 RTP/AVP 8\nc=IN IP4 0.0.0.0\n");
    assert_eq!(old.direction, Direction::RecvOnly);
    assert!(old.rtp.ip().is_unspecified() && text.contains("a=recvonly\n"));
}

#[test]
fn host_name_gives_media_without_an_address() {
    let (text, remote) = answered("m=audio 1000 RTP/AVP 8\nc=IN IP4 media1.carrier.example\n");
    assert_eq!(remote.rtp, "0.0.0.0:1000".parse().expect("an address"));
    assert_eq!(remote.direction, Direction::SendRecv);
    assert!(text.contains("a=sendrecv\n"), "{text}");
    let six = answered("m=audio 1000 RTP/AVP 8\nc=IN IP6 media1.carrier.example.\n").1;
    assert_eq!(six.rtp, "[::]:1000".parse().expect("an address"));
}

/// RFC 5118 4.9.
#[test]
fn ipv4_mapped_ipv6_address_is_the_ipv4_address() {
    let remote = answered("m=audio 1000 RTP/AVP 8\nc=IN IP6 ::ffff:192.0.2.10\n").1;
    assert_eq!(remote.rtp, "192.0.2.10:1000".parse().expect("an address"));
}

#[test]
fn answer_has_the_profile_of_the_offer() {
    let lines = "m=audio 1000 RTP/AVPF 8\na=rtcp-fb:* nack\nm=audio 1002 RTP/SAVPF 8\n";
    let mut ours = local();
    let (body, _) = answer(&mut ours, &offered(lines)).expect("an answer");
    let text = String::from_utf8(body).expect("text");
    assert!(text.contains("m=audio 20000 RTP/AVPF 8\r\n"), "{text}");
    assert!(text.contains("m=audio 0 RTP/SAVPF 8\r\n"), "{text}");
    assert!(!text.contains("rtcp-fb"), "{text}");
    // Our later offers keep that profile.
    let text = String::from_utf8(offer(&ours)).expect("text");
    assert!(text.contains("m=audio 20000 RTP/AVPF 8 0 101\r\n"), "{text}");
    // A far end that answers our RTP/AVP with RTP/AVPF is heard.
    assert!(read_answer(&local(), &offered("m=audio 1000 RTP/AVPF 8\n")).is_some());
}

#[test]
fn our_hold_survives_their_session_refresh() {
    let mut ours = local();
    ours.set_direction(Direction::SendOnly);
    let (body, remote) =
        answer(&mut ours, &offered("m=audio 1000 RTP/AVP 8\n")).expect("an answer");
    assert_eq!(remote.direction, Direction::SendOnly);
    assert!(String::from_utf8_lossy(&body).contains("a=sendonly"));
    // Their hold ends when they resume: our wanted direction was never overwritten.
    let mut ours = local();
    let held = offered("m=audio 1000 RTP/AVP 8\na=sendonly\n");
    assert_eq!(answer(&mut ours, &held).map(|a| a.1.direction), Some(Direction::RecvOnly));
    let resumed = offered("m=audio 1000 RTP/AVP 8\n");
    assert_eq!(answer(&mut ours, &resumed).map(|a| a.1.direction), Some(Direction::SendRecv));
}

#[test]
fn version_grows_with_changes_only() {
    let mut ours = local();
    let plain = offered("m=audio 1000 RTP/AVP 8\n");
    let first = answer(&mut ours, &plain);
    assert_eq!(answer(&mut ours, &plain), first);
    assert_eq!(ours.version, 1);
    let _ = answer(&mut ours, &offered("m=audio 1000 RTP/AVP 8\na=sendonly\n"));
    assert_eq!(ours.version, 2);
}

#[test]
fn reoffer_lists_the_agreed_codec_first() {
    let mut ours = local();
    let lines = "m=audio 1000 RTP/AVP 0 96\na=rtpmap:96 telephone-event/8000\n";
    let _ = answer(&mut ours, &offered(lines));
    let text = String::from_utf8(offer(&ours)).expect("text");
    assert!(text.contains("m=audio 20000 RTP/AVP 0 8 96\r\n"), "{text}");
}

/// RFC 3264 8: a later offer has at least the streams of the one before, in their places.
#[test]
fn reoffer_keeps_refused_streams() {
    let mut ours = local();
    let lines = "m=video 51372 RTP/AVP 31\na=rtpmap:31 H261/90000\nm=audio 49170 RTP/AVP 8\n\
                 m=image 5000 udptl t38\n";
    let _ = answer(&mut ours, &offered(lines));
    let text = String::from_utf8(offer(&ours)).expect("text");
    let streams: Vec<&str> = text.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(
        streams,
        ["m=video 0 RTP/AVP 31", "m=audio 20000 RTP/AVP 8 0 101", "m=image 0 udptl t38"]
    );
    let theirs = "m=video 0 RTP/AVP 31\nm=audio 49172 RTP/AVP 8\nm=image 0 udptl t38\n";
    let remote = read_answer(&ours, &offered(theirs)).expect("a voice");
    assert_eq!(remote.rtp.port(), 49172);
}

#[test]
fn answer_to_our_offer_is_read() {
    let answer =
        offered("m=audio 4000 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\na=recvonly\n");
    let remote = read_answer(&local(), &answer).expect("a voice");
    assert_eq!((remote.codec, remote.send.telephone_event), (Codec::Pcma, Some(101)));
    assert_eq!(remote.direction, Direction::SendOnly);
    assert_eq!(read_answer(&local(), &offered("m=audio 0 RTP/AVP 8\n")), None);
    assert_eq!(read_answer(&local(), &offered("m=audio 0 RTP/AVP 8\nm=audio 9 RTP/AVP 8\n")), None);
}

#[test]
fn sloppy_description_is_parsed() {
    let body = b"v=0 \no=HuaweiSoftX3000 123456789012345678901234567890 -1 IN IP4 10.9.8.7\n\
        \nt= \nm =audio 10010 RTP/AVP 8 0 97 \nX-what\nc=IN IP4 10.9.8.8 \na=ptime: 20\n\
        a=rtpmap: 97 telephone-event/8000/1\na=maxptime:10\nb=AS:64\nk=clear:x\n\0\0";
    let remote = read_offer(body).expect("a voice");
    assert_eq!(remote.rtp, "10.9.8.8:10010".parse().expect("an address"));
    assert_eq!((remote.send.telephone_event, remote.ptime), (Some(97), Duration::from_millis(10)));
}

#[test]
fn ipv6_offer_is_answered_in_ipv6() {
    let mut ours = LocalMedia::new("[2001:db8::1]:20000".parse().expect("an address"), 1);
    let theirs = "v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 2001:db8::9\r\nt=0 0\r\nm=audio 1000 RTP/AVP 8\r\n";
    let (body, remote) = answer(&mut ours, theirs.as_bytes()).expect("an answer");
    assert_eq!(remote.rtp, "[2001:db8::9]:1000".parse().expect("an address"));
    assert!(String::from_utf8_lossy(&body).contains("c=IN IP6 2001:db8::1\r\n"));
}

#[test]
fn too_many_lines_or_streams_are_refused() {
    assert_eq!(read_offer(&offered(&"m=audio 1000 RTP/AVP 8\n".repeat(17))), None);
    assert_eq!(read_offer(&offered(&"a=x\n".repeat(2_000))), None);
}

#[test]
fn answer_may_use_other_payload_types() {
    // We send by their numbers and receive by ours (RFC 3264 5.1).
    let answer = offered(
        "m=audio 4000 RTP/AVP 96 97\na=rtpmap:96 PCMU/8000\na=rtpmap:97 telephone-event/8000\n",
    );
    let remote = read_answer(&local(), &answer).expect("a voice");
    assert_eq!(remote.codec, Codec::Pcmu);
    assert_eq!(remote.send, PayloadTypes { codec: 96, telephone_event: Some(97) });
    assert_eq!(remote.receive, PayloadTypes { codec: 0, telephone_event: Some(101) });
}

#[test]
fn g711_at_a_dynamic_payload_type_is_answered_at_it() {
    let lines = "m=audio 1000 RTP/AVP 18 97 98 8\na=rtpmap:97 pcma/8000/1\n\
        a=rtpmap:98 telephone-event/8000\n";
    let (text, remote) = answered(lines);
    assert!(text.contains("m=audio 20000 RTP/AVP 97 98\na=rtpmap:97 PCMA/8000\n"), "{text}");
    let types = PayloadTypes { codec: 97, telephone_event: Some(98) };
    assert_eq!((remote.codec, remote.send, remote.receive), (Codec::Pcma, types, types));
}

#[test]
fn payload_type_without_a_matching_rtpmap_is_ignored() {
    for lines in [
        "m=audio 1000 RTP/AVP 97\n",
        "m=audio 1000 RTP/AVP 97\na=rtpmap:97 PCMA/16000\n",
        "m=audio 1000 RTP/AVP 97\na=rtpmap:97 PCMA/8000/2\n",
        "m=audio 1000 RTP/AVP 0\na=rtpmap:0 PCMA/8000\n",
        "m=audio 1000 RTP/AVP 13\na=rtpmap:13 PCMA/8000\n",
        "m=audio 1000 RTP/AVP 200\na=rtpmap:200 PCMA/8000\n",
    ] {
        assert_eq!(read_offer(&offered(lines)), None, "{lines}");
    }
}

#[test]
fn reoffer_keeps_agreed_payload_types_without_duplicates() {
    let mut ours = local();
    let _ = answer(&mut ours, &offered("m=audio 1000 RTP/AVP 101\na=rtpmap:101 PCMA/8000\n"));
    let text = String::from_utf8(offer(&ours)).expect("text");
    assert!(text.contains("m=audio 20000 RTP/AVP 101 0 102\r\n"), "{text}");
    let theirs = offered("m=audio 1000 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\n");
    let remote = read_answer(&ours, &theirs).expect("a voice");
    assert_eq!(remote.send, PayloadTypes { codec: 8, telephone_event: Some(101) });
    assert_eq!(remote.receive, PayloadTypes { codec: 101, telephone_event: Some(102) });
}

#[test]
fn comfort_noise_is_not_accepted() {
    let lines = "m=audio 1000 RTP/AVP 8 13 101\na=rtpmap:13 CN/8000\n\
        a=rtpmap:101 telephone-event/8000\n";
    let (text, _) = answered(lines);
    assert!(text.contains("m=audio 20000 RTP/AVP 8 101\n"), "{text}");
}

proptest::proptest! {
    #[test]
    fn no_description_makes_us_panic(
        lines in proptest::collection::vec("(v=0|m=|c=IN IP4 |a=rtpmap:|a=|t=|m=audio |a=ptime:)[ -~]{0,20}", 0..12),
        tail in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..20),
    ) {
        let mut body = format!("v=0\r\n{}\r\n", lines.join("\r\n")).into_bytes();
        body.extend(tail);
        if let Some((answer, remote)) = answer(&mut local(), &body) {
            proptest::prop_assert_eq!(read_offer(&answer).map(|r| r.codec), Some(remote.codec));
        }
    }
}
