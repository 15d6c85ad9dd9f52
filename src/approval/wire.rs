//! The SSH wire format: counted strings and numbers, read strictly.
//!
//! In: bytes that anybody may have written. Out: their fields, or what is wrong with them. Numbers
//! must be in their one canonical form, so that equal keys are equal bytes.

/// What is wrong with some wire bytes, to follow "because".
pub(super) type Flaw = &'static str;

/// Reads fields from the front of some bytes.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Flaw> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or("it ends in the middle of a field")?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Flaw> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn number(&mut self) -> Result<u32, Flaw> {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(self.take(4)?);
        Ok(u32::from_be_bytes(bytes))
    }

    pub(super) fn string(&mut self) -> Result<&'a [u8], Flaw> {
        let count = self.number()?;
        self.take(usize::try_from(count).map_err(|_| "a field is too long")?)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Flaw> {
        std::str::from_utf8(self.string()?).map_err(|_| "a name in it is not UTF-8")
    }

    /// A positive integer, big-endian, without its sign byte.
    pub(super) fn integer(&mut self) -> Result<&'a [u8], Flaw> {
        match self.string()? {
            [] => Err("a number in it is zero"),
            [0, rest @ ..] if rest.first().is_some_and(|first| first & 0x80 != 0) => Ok(rest),
            [0, ..] => Err("a number in it has needless zeros"),
            [first, ..] if first & 0x80 != 0 => Err("a number in it is negative"),
            number => Ok(number),
        }
    }

    /// A positive integer, big-endian, padded with zeros to `N` bytes.
    pub(super) fn padded<const N: usize>(&mut self) -> Result<[u8; N], Flaw> {
        let number = self.integer()?;
        let mut padded = [0; N];
        let start =
            N.checked_sub(number.len()).ok_or("a number in it is too large for its curve")?;
        padded[start..].copy_from_slice(number);
        Ok(padded)
    }

    pub(super) fn end(&self) -> Result<(), Flaw> {
        match self.0 {
            [] => Ok(()),
            _ => Err("bytes follow its last field"),
        }
    }
}

/// Appends a counted string.
pub(super) fn put_string(into: &mut Vec<u8>, bytes: &[u8]) {
    let count = u32::try_from(bytes.len()).expect("names and hashes are short");
    into.extend_from_slice(&count.to_be_bytes());
    into.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(bytes: &[u8]) -> Result<Vec<u8>, Flaw> {
        let mut wire = Vec::new();
        put_string(&mut wire, bytes);
        Reader::new(&wire).integer().map(<[u8]>::to_vec)
    }

    #[test]
    fn numbers_have_one_form() {
        assert_eq!(integer(&[1, 0]), Ok(vec![1, 0]));
        assert_eq!(integer(&[0, 0x80]), Ok(vec![0x80]));
        for bytes in [&[][..], &[0], &[0, 1], &[0x80], &[0, 0, 0x80]] {
            assert!(integer(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn fields_end_where_they_say() {
        let mut reader = Reader::new(&[0, 0, 0, 2, b'a']);
        assert!(reader.string().is_err());
        let mut reader = Reader::new(&[0, 0, 0, 1, b'a', b'b']);
        assert_eq!(reader.text(), Ok("a"));
        assert!(reader.end().is_err());
        assert_eq!(reader.byte(), Ok(b'b'));
        assert_eq!(reader.end(), Ok(()));
    }
}
