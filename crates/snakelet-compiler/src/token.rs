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

    // Of names and numbers the patterns see where they begin: they may be long, and the layer above
    // asks whether to go on meanwhile.
    #[regex(b"[a-zA-Z_\\x80-\\xff]")]
    Name,
    #[regex(b"\\.?[0-9]")]
    Int,
    Float,
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

/// Every keyword but `__debug__`, in order.
static KEYWORDS: [(u64, Tok); 35] = [
    (key(b"False"), Tok::False),
    (key(b"None"), Tok::None),
    (key(b"True"), Tok::True),
    (key(b"and"), Tok::And),
    (key(b"as"), Tok::As),
    (key(b"assert"), Tok::Assert),
    (key(b"async"), Tok::Async),
    (key(b"await"), Tok::Await),
    (key(b"break"), Tok::Break),
    (key(b"class"), Tok::Class),
    (key(b"continue"), Tok::Continue),
    (key(b"def"), Tok::Def),
    (key(b"del"), Tok::Del),
    (key(b"elif"), Tok::Elif),
    (key(b"else"), Tok::Else),
    (key(b"except"), Tok::Except),
    (key(b"finally"), Tok::Finally),
    (key(b"for"), Tok::For),
    (key(b"from"), Tok::From),
    (key(b"global"), Tok::Global),
    (key(b"if"), Tok::If),
    (key(b"import"), Tok::Import),
    (key(b"in"), Tok::In),
    (key(b"is"), Tok::Is),
    (key(b"lambda"), Tok::Lambda),
    (key(b"nonlocal"), Tok::Nonlocal),
    (key(b"not"), Tok::Not),
    (key(b"or"), Tok::Or),
    (key(b"pass"), Tok::Pass),
    (key(b"raise"), Tok::Raise),
    (key(b"return"), Tok::Return),
    (key(b"try"), Tok::Try),
    (key(b"while"), Tok::While),
    (key(b"with"), Tok::With),
    (key(b"yield"), Tok::Yield),
];

/// A text of at most eight bytes as a number of the same order.
const fn key(text: &[u8]) -> u64 {
    let mut key = 0;
    let mut at = 0;
    while at < size_of::<u64>() {
        key = key << 8 | if at < text.len() { text[at] as u64 } else { 0 };
        at += 1;
    }
    key
}

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
        if name.len() > size_of::<u64>() {
            return if name == b"__debug__" { Tok::Debug } else { Tok::Name };
        }
        let name = key(name);
        let found = KEYWORDS.binary_search_by_key(&name, |(keyword, _)| *keyword);
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
