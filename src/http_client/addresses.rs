//! Which addresses are everyone's: pure. RFC 6890 and the registries it founded.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is reachable for everyone, whatever dress it comes in.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        // "This" network, and what was kept for later with the broadcast address.
        || a == 0
        || a >= 240
        // Carrier-grade NAT (RFC 6598).
        || (a == 100 && (64..128).contains(&b))
        // Protocol assignments, and the anycast that led to 6to4 relays.
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        // Benchmarks (RFC 2544).
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let embedded = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        // 6to4 and NAT64 carry an IPv4 address that is called in the end.
        [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        [0x0064, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(embedded(high, low)),
        // Protocol assignments, Teredo and benchmarks among them (2001::/23), and
        // what stands in documents (2001:db8::/32, 3fff::/20).
        [0x2001, second, ..] if second < 0x0200 => false,
        [0x2001, 0x0db8, ..] => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // Only 2000::/3 is given out to the world: neither loopback, nor what is
        // unique, link or site local, nor multicast lies in it.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PRIVATE_V4: [(&str, u32); 16] = [
        ("0.0.0.0", 8),
        ("10.0.0.0", 8),
        ("100.64.0.0", 10),
        ("127.0.0.0", 8),
        ("169.254.0.0", 16),
        ("172.16.0.0", 12),
        ("192.0.0.0", 24),
        ("192.0.2.0", 24),
        ("192.88.99.0", 24),
        ("192.168.0.0", 16),
        ("198.18.0.0", 15),
        ("198.51.100.0", 24),
        ("203.0.113.0", 24),
        ("224.0.0.0", 4),
        ("240.0.0.0", 4),
        ("255.255.255.255", 32),
    ];

    fn is_in_table(address: Ipv4Addr) -> bool {
        PRIVATE_V4.iter().any(|(network, bits)| {
            let network: Ipv4Addr = network.parse().expect("the table holds addresses");
            let shift = 32 - bits;
            address.to_bits() >> shift == network.to_bits() >> shift
        })
    }

    #[test]
    fn private_addresses_in_every_dress_are_refused() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "198.51.100.7",
            "203.0.113.9",
            "::1",
            "::",
            "::127.0.0.1",
            "fc00::1",
            "fdff:ffff::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2001::1",
            "2001:2::1",
            "2001:20::1",
            "2001:db8::1",
            "3fff::1",
            "100::1",
            "5f00::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in
            ["1.1.1.1", "93.184.216.34", "100.63.0.1", "172.32.0.1", "2606:4700::1111", "2a00::1"]
        {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_address_is_judged_by_the_networks_it_lies_in(bits: u32) {
            let address = Ipv4Addr::from(bits);
            prop_assert_eq!(is_public(address.into()), !is_in_table(address), "{}", address);
        }

        #[test]
        fn an_embedded_address_is_judged_as_itself(bits: u32, rest: u64) {
            let v4 = Ipv4Addr::from(bits);
            let [a, b, c, d] = v4.octets();
            let pair = |x: u8, y: u8| u16::from_be_bytes([x, y]);
            let mapped = v4.to_ipv6_mapped();
            let nat64 = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, pair(a, b), pair(c, d));
            let [r1, r2, r3, r4] = [rest >> 48, rest >> 32, rest >> 16, rest].map(|r| r as u16);
            let six_to_four = Ipv6Addr::new(0x2002, pair(a, b), pair(c, d), 0, r1, r2, r3, r4);
            for dress in [mapped, nat64, six_to_four] {
                prop_assert_eq!(is_public(dress.into()), is_public(v4.into()), "{}", dress);
            }
        }

        #[test]
        fn whatever_lies_near_a_private_network_s_edge_is_judged_right(
            which in 0..PRIVATE_V4.len(), offset in -2i64..=2, at_end: bool,
        ) {
            let (network, bits) = PRIVATE_V4[which];
            let network = i64::from(network.parse::<Ipv4Addr>().unwrap().to_bits());
            let edge = if at_end { network + (1i64 << (32 - bits)) } else { network };
            if let Ok(bits) = u32::try_from(edge + offset) {
                let address = Ipv4Addr::from(bits);
                prop_assert_eq!(is_public(address.into()), !is_in_table(address), "{}", address);
            }
        }
    }
}
