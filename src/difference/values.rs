//! How the values of a column get from one type to another.
//!
//! In: two types as the server writes them. Out: the expression that is needed, if the server does
//! not convert by itself, and what can be lost or fail. The casts are those of `pg_cast`.

/// A conversion between two types.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Conversion {
    /// The type to cast to in USING, possibly by way of text; none where assignment does it.
    pub(super) using: Option<Using>,
    /// What is lost.
    pub(super) loses: Option<&'static str>,
    /// When it fails.
    pub(super) may_fail: Option<&'static str>,
}

/// The cast of a USING clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Using {
    Direct,
    ByText,
}

const TOO_LONG: &str = "if a value is too long";
const OUT_OF_RANGE: &str = "if a value is out of range";
const UNREADABLE: &str = "if a value cannot be read as the new type";

/// The conversion from `before` to `after`.
pub(super) fn conversion(before: &str, after: &str) -> Conversion {
    let (from, to) = (Type::of(before), Type::of(after));
    if from.dimensions != to.dimensions {
        return by_text();
    }
    let mut conversion = between(&from, &to);
    // The server casts arrays by their elements only where it is told to.
    if from.dimensions && from.base != to.base && conversion.using.is_none() {
        conversion.using = Some(Using::Direct);
    }
    conversion
}

/// Whether values, indexes and foreign keys keep their meaning, so that the server can convert
/// what depends on a column by itself, also while only one of two columns has the new type.
pub(super) fn is_of_one_family(before: &str, after: &str) -> bool {
    let (from, to) = (Type::of(before), Type::of(after));
    from.dimensions == to.dimensions
        && match (from.family(), to.family()) {
            (Family::Other, Family::Other) => from.base == to.base,
            (from, to) => from == to,
        }
}

fn by_text() -> Conversion {
    Conversion { using: Some(Using::ByText), loses: None, may_fail: Some(UNREADABLE) }
}

fn between(from: &Type<'_>, to: &Type<'_>) -> Conversion {
    use Family as F;
    let plain = Conversion::default();
    let fails = |when| Conversion { may_fail: Some(when), ..Conversion::default() };
    let loses = |what| Conversion { loses: Some(what), ..Conversion::default() };
    let direct =
        |when| Conversion { using: Some(Using::Direct), loses: None, may_fail: Some(when) };
    match (from.family(), to.family()) {
        (F::Text, F::Text) => match (from.length(), to.length()) {
            (_, None) => plain,
            (Some(old), Some(new)) if old <= new => plain,
            _ => fails(TOO_LONG),
        },
        (_, F::Text) if to.length().is_none() => plain,
        (_, F::Text) => fails(TOO_LONG),
        (F::Text, _) => direct(UNREADABLE),
        (F::Integer(old), F::Integer(new)) if old <= new => plain,
        (F::Integer(_) | F::Float(_), F::Numeric) if to.modifier.is_none() => plain,
        (F::Integer(_), F::Integer(_) | F::Numeric) => fails(OUT_OF_RANGE),
        (F::Integer(_), F::Float(_)) => loses("digits of large numbers"),
        (F::Numeric, F::Numeric) => numeric(from, to),
        (F::Float(old), F::Float(new)) if old <= new => plain,
        (F::Numeric | F::Float(_), F::Float(_)) => loses("digits"),
        (F::Numeric | F::Float(_), F::Integer(_)) => Conversion {
            using: None,
            loses: Some("what stands behind the decimal point"),
            may_fail: Some(OUT_OF_RANGE),
        },
        (F::Float(_), F::Numeric) => {
            Conversion { using: None, loses: Some("digits"), may_fail: Some(OUT_OF_RANGE) }
        }
        (F::Date, F::Timestamp | F::TimestampZone) => plain,
        (F::Timestamp | F::TimestampZone, F::Date) => loses("the time of day"),
        (F::Timestamp, F::TimestampZone) | (F::TimestampZone, F::Timestamp) => {
            loses("the meaning of the times, unless the session's time zone is theirs")
        }
        (F::Boolean, F::Integer(2)) | (F::Integer(2), F::Boolean) => Conversion {
            using: Some(Using::Direct),
            loses: (to.family() == F::Boolean).then_some("numbers other than 0 and 1"),
            may_fail: None,
        },
        (F::Json, F::Json) => loses("the spelling of the documents"),
        (old, new) if old == new && from.base == to.base => match (from.modifier, to.modifier) {
            (old, new) if old == new => plain,
            (_, None) => plain,
            _ => loses("what does not fit into the new precision"),
        },
        _ => by_text(),
    }
}

fn numeric(from: &Type<'_>, to: &Type<'_>) -> Conversion {
    let parts = |modifier: &str| -> Option<(i64, i64)> {
        let (precision, scale) = modifier.split_once(',').unwrap_or((modifier, "0"));
        Some((precision.trim().parse().ok()?, scale.trim().parse().ok()?))
    };
    let wide = |(precision, scale): (i64, i64), (new_precision, new_scale): (i64, i64)| {
        new_scale >= scale && new_precision - new_scale >= precision - scale
    };
    match (from.modifier.and_then(parts), to.modifier.and_then(parts)) {
        (_, None) => Conversion::default(),
        (Some(old), Some(new)) if wide(old, new) => Conversion::default(),
        _ => Conversion { using: None, loses: Some("digits"), may_fail: Some(OUT_OF_RANGE) },
    }
}

/// Types between which there are casts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Text,
    /// With the width.
    Integer(u8),
    Numeric,
    /// With the width.
    Float(u8),
    Boolean,
    Date,
    Timestamp,
    TimestampZone,
    Json,
    Other,
}

/// A type as `format_type` writes it.
struct Type<'a> {
    base: String,
    modifier: Option<&'a str>,
    dimensions: bool,
}

impl<'a> Type<'a> {
    fn of(text: &'a str) -> Self {
        let (element, dimensions) = match text.strip_suffix("[]") {
            Some(element) => (element, true),
            None => (text, false),
        };
        // A quoted name may hold brackets of its own; it has no modifier that concerns us.
        let modifier = (!element.contains('"'))
            .then(|| Some((element.find('(')?, element.find(')')?)))
            .flatten();
        let (base, modifier) = match modifier {
            Some((open, close)) if open < close => (
                format!("{}{}", &element[..open], &element[close + 1..]),
                Some(&element[open + 1..close]),
            ),
            _ => (element.to_owned(), None),
        };
        Self { base, modifier, dimensions }
    }

    fn family(&self) -> Family {
        match self.base.as_str() {
            "text" | "character varying" | "character" => Family::Text,
            "smallint" => Family::Integer(1),
            "integer" => Family::Integer(2),
            "bigint" => Family::Integer(3),
            "numeric" => Family::Numeric,
            "real" => Family::Float(1),
            "double precision" => Family::Float(2),
            "boolean" => Family::Boolean,
            "date" => Family::Date,
            "timestamp without time zone" => Family::Timestamp,
            "timestamp with time zone" => Family::TimestampZone,
            "json" | "jsonb" => Family::Json,
            _ => Family::Other,
        }
    }

    /// How many characters a text may have; none for any number.
    fn length(&self) -> Option<u32> {
        match (self.base.as_str(), self.modifier) {
            (_, Some(modifier)) => modifier.parse().ok(),
            ("character", None) => Some(1),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_say_what_they_do() {
        let plain = Conversion::default();
        for (from, to) in [
            ("integer", "bigint"),
            ("character varying(5)", "character varying(50)"),
            ("character varying(5)", "text"),
            ("numeric(5,2)", "numeric(7,3)"),
            ("public.mood", "text"),
            ("date", "timestamp with time zone"),
            ("timestamp(3) with time zone", "timestamp with time zone"),
        ] {
            assert_eq!(conversion(from, to), plain, "{from} → {to}");
        }
        let lossy = |from, to| conversion(from, to).loses.is_some();
        assert!(lossy("numeric(7,3)", "numeric(7,2)"));
        assert!(lossy("double precision", "integer"));
        assert!(lossy("timestamp without time zone", "date"));
        assert_eq!(conversion("text", "character varying(5)").may_fail, Some(TOO_LONG));
        assert_eq!(conversion("text", "integer").using, Some(Using::Direct));
        assert_eq!(conversion("boolean", "point").using, Some(Using::ByText));
        assert_eq!(conversion("integer[]", "bigint[]").using, Some(Using::Direct));
        assert_eq!(conversion("text[]", "text").using, Some(Using::ByText));
    }
}
