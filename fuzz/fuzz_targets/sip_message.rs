#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| heartline_fuzz::sip_message(input));
