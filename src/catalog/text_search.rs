//! Text search: parsers, templates, dictionaries, configurations.

use serde::{Deserialize, Serialize};

/// A text search parser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextSearchParser {
    /// The function that starts.
    pub start: String,
    /// The function that gives the next token.
    pub token: String,
    /// The function that ends.
    pub end: String,
    /// The function that makes headlines.
    pub headline: Option<String>,
    /// The function that lists the types of tokens.
    pub types: String,
    /// The comment.
    pub comment: Option<String>,
}

/// A text search template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextSearchTemplate {
    /// The function that starts a dictionary.
    pub init: Option<String>,
    /// The function that looks a word up.
    pub lexize: String,
    /// The comment.
    pub comment: Option<String>,
}

/// A text search dictionary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextSearchDictionary {
    /// The template's qualified name.
    pub template: String,
    /// The options as the server writes them: `accept = 'false'`.
    pub options: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}

/// A text search configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextSearchConfiguration {
    /// The parser's qualified name.
    pub parser: String,
    /// What is done with tokens, by their types.
    pub mappings: Vec<TokenMapping>,
    /// The comment.
    pub comment: Option<String>,
}

/// What a configuration does with the tokens of a type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenMapping {
    /// The type of the tokens: `asciiword`.
    pub name: String,
    /// The qualified names of dictionaries, in the order in which they are asked.
    pub dictionaries: Vec<String>,
}
