//! SSH signatures taken apart and put together, to make what `ssh-keygen` would not.

use data_encoding::BASE64;

/// The fields of an SSH signature.
#[derive(Clone)]
pub(crate) struct Fields {
    pub(crate) version: u32,
    pub(crate) key: Vec<u8>,
    pub(crate) namespace: Vec<u8>,
    pub(crate) reserved: Vec<u8>,
    pub(crate) hash: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) after: Vec<u8>,
}

pub(crate) fn string(bytes: &[u8]) -> Vec<u8> {
    let count = u32::try_from(bytes.len()).unwrap().to_be_bytes();
    [&count, bytes].concat()
}

pub(crate) fn strings(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().flat_map(|part| string(part)).collect()
}

/// Splits counted strings.
pub(crate) fn split(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    while let Some((count, rest)) = bytes.split_first_chunk::<4>() {
        let (part, rest) = rest.split_at(u32::from_be_bytes(*count) as usize);
        parts.push(part.to_vec());
        bytes = rest;
    }
    parts
}

pub(crate) fn armour(blob: &[u8]) -> String {
    let text = BASE64.encode(blob);
    let lines: Vec<_> =
        text.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n"))
}

/// The bytes inside the armour.
pub(crate) fn inside(armoured: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(armoured).unwrap();
    let inside: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    BASE64.decode(inside.as_bytes()).unwrap()
}

impl Fields {
    pub(crate) fn of(armoured: &[u8]) -> Self {
        let blob = inside(armoured);
        let [key, namespace, reserved, hash, body] = split(&blob[10..]).try_into().unwrap();
        Self { version: 1, key, namespace, reserved, hash, body, after: Vec::new() }
    }

    pub(crate) fn armoured(&self) -> String {
        let fields = strings(&[&self.key, &self.namespace, &self.reserved, &self.hash, &self.body]);
        armour(&[b"SSHSIG", &self.version.to_be_bytes()[..], &fields, &self.after].concat())
    }
}
