//! The tokens of Python.

use logos::Logos;

/// What a token is. Those without a pattern are made by the layer above, see [`crate::lexer`].
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
#[logos(source = [u8])]
pub(crate) enum Tok {
    End,
    Newline,
    Indent,
    Dedent,
    Str,
    Bytes,
    FString,

    // Keywords are names to the patterns: recognised there they would need many more states.
    False,
    None,
    True,
    Debug,
    And,
    As,
    Assert,
    Async,
    Await,
    Break,
    Class,
    Continue,
    Def,
    Del,
    Elif,
    Else,
    Except,
    Finally,
    For,
    From,
    Global,
    If,
    Import,
    In,
    Is,
    Lambda,
    Nonlocal,
    Not,
    Or,
    Pass,
    Raise,
    Return,
    Try,
    While,
    With,
    Yield,

    #[regex(b"[a-zA-Z_\\x80-\\xff][a-zA-Z0-9_\\x80-\\xff]*")]
    Name,
    #[regex(b"[0-9][0-9_]*|0[xXoObB][0-9a-zA-Z_]*")]
    Int,
    #[regex(b"([0-9][0-9_]*\\.[0-9_]*|\\.[0-9][0-9_]*)([eE][+\\-]?[0-9][0-9_]*)?")]
    #[regex(b"[0-9][0-9_]*[eE][+\\-]?[0-9][0-9_]*")]
    Float,
    #[regex(b"([0-9][0-9_]*\\.[0-9_]*|\\.[0-9][0-9_]*|[0-9][0-9_]*)([eE][+\\-]?[0-9][0-9_]*)?[jJ]")]
    Imag,
    /// Prefix and first quote of a string.
    #[regex(b"([rR]|[uU]|[bB]|[fF]|[rR][bB]|[bB][rR]|[rR][fF]|[fF][rR])?['\"]")]
    Quote,

    #[token(b"(")]
    ParenOpen,
    #[token(b")")]
    ParenClose,
    #[token(b"[")]
    BracketOpen,
    #[token(b"]")]
    BracketClose,
    #[token(b"{")]
    BraceOpen,
    #[token(b"}")]
    BraceClose,
    #[token(b",")]
    Comma,
    #[token(b";")]
    Semicolon,
    #[token(b":")]
    Colon,
    #[token(b":=")]
    Walrus,
    #[token(b".")]
    Period,
    #[token(b"...")]
    Ellipsis,
    #[token(b"->")]
    Arrow,
    #[token(b"=")]
    Assign,
    #[token(b"!")]
    Bang,
    #[token(b"~")]
    Tilde,

    // The order of these matters: see [`Tok::operator`]. None may come behind them.
    #[token(b"<")]
    Less,
    #[token(b">")]
    More,
    #[token(b"==")]
    Equal,
    #[token(b"<=")]
    LessEqual,
    #[token(b">=")]
    MoreEqual,
    #[token(b"!=")]
    NotEqual,

    #[token(b"|")]
    Pipe,
    #[token(b"^")]
    Caret,
    #[token(b"&")]
    Ampersand,
    #[token(b"<<")]
    ShiftLeft,
    #[token(b">>")]
    ShiftRight,
    #[token(b"+")]
    Plus,
    #[token(b"-")]
    Minus,
    #[token(b"*")]
    Star,
    #[token(b"@")]
    At,
    #[token(b"//")]
    DoubleSlash,
    #[token(b"/")]
    Slash,
    #[token(b"%")]
    Percent,
    #[token(b"**")]
    DoubleStar,

    #[token(b"|=")]
    PipeAssign,
    #[token(b"^=")]
    CaretAssign,
    #[token(b"&=")]
    AmpersandAssign,
    #[token(b"<<=")]
    ShiftLeftAssign,
    #[token(b">>=")]
    ShiftRightAssign,
    #[token(b"+=")]
    PlusAssign,
    #[token(b"-=")]
    MinusAssign,
    #[token(b"*=")]
    StarAssign,
    #[token(b"@=")]
    AtAssign,
    #[token(b"//=")]
    DoubleSlashAssign,
    #[token(b"/=")]
    SlashAssign,
    #[token(b"%=")]
    PercentAssign,
    #[token(b"**=")]
    DoubleStarAssign,
}

/// Every keyword, in order.
static KEYWORDS: [(&[u8], Tok); 36] = [
    (b"False", Tok::False),
    (b"None", Tok::None),
    (b"True", Tok::True),
    (b"__debug__", Tok::Debug),
    (b"and", Tok::And),
    (b"as", Tok::As),
    (b"assert", Tok::Assert),
    (b"async", Tok::Async),
    (b"await", Tok::Await),
    (b"break", Tok::Break),
    (b"class", Tok::Class),
    (b"continue", Tok::Continue),
    (b"def", Tok::Def),
    (b"del", Tok::Del),
    (b"elif", Tok::Elif),
    (b"else", Tok::Else),
    (b"except", Tok::Except),
    (b"finally", Tok::Finally),
    (b"for", Tok::For),
    (b"from", Tok::From),
    (b"global", Tok::Global),
    (b"if", Tok::If),
    (b"import", Tok::Import),
    (b"in", Tok::In),
    (b"is", Tok::Is),
    (b"lambda", Tok::Lambda),
    (b"nonlocal", Tok::Nonlocal),
    (b"not", Tok::Not),
    (b"or", Tok::Or),
    (b"pass", Tok::Pass),
    (b"raise", Tok::Raise),
    (b"return", Tok::Return),
    (b"try", Tok::Try),
    (b"while", Tok::While),
    (b"with", Tok::With),
    (b"yield", Tok::Yield),
];

/// How many of the operators compare: they are the first.
pub(crate) const COMPARISONS: u8 = Tok::Pipe as u8 - Tok::Less as u8;

impl Tok {
    /// Which of the operators from `<` on it is. Those up to `!=`, from `|` to `**`, and from `|=` on
    /// are each in the order in which instructions number them.
    pub(crate) fn operator(self) -> Option<u8> {
        (self as u8).checked_sub(Tok::Less as u8)
    }

    /// The keyword that a name is; otherwise a name.
    pub(crate) fn of_name(name: &[u8]) -> Tok {
        const LONGEST: usize = 9;
        if name.len() > LONGEST {
            return Tok::Name;
        }
        let found = KEYWORDS.binary_search_by_key(&name, |(keyword, _)| keyword);
        found.ok().and_then(|at| KEYWORDS.get(at)).map_or(Tok::Name, |(_, token)| *token)
    }
}

/// A piece of the text, by offsets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Tok,
    pub(crate) span: Span,
}
