//! The tokens of Python.

/// What a token is. Those without a pattern are made by the layer above, see [`crate::lexer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tok {
    End,
    Newline,
    Indent,
    Dedent,
    Str,
    Bytes,
    FString,

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

    Name,
    Int,
    Float,
    Imag,
    /// Prefix and first quote of a string.
    Quote,

    ParenOpen,
    ParenClose,
    BracketOpen,
    BracketClose,
    BraceOpen,
    BraceClose,
    Comma,
    Semicolon,
    Colon,
    Walrus,
    Period,
    Ellipsis,
    Arrow,
    Assign,
    Bang,
    Tilde,

    // The order of these matters: see [`Tok::operator`]. None may come behind them.
    Less,
    More,
    Equal,
    LessEqual,
    MoreEqual,
    NotEqual,

    Pipe,
    Caret,
    Ampersand,
    ShiftLeft,
    ShiftRight,
    Plus,
    Minus,
    Star,
    At,
    DoubleSlash,
    Slash,
    Percent,
    DoubleStar,

    PipeAssign,
    CaretAssign,
    AmpersandAssign,
    ShiftLeftAssign,
    ShiftRightAssign,
    PlusAssign,
    MinusAssign,
    StarAssign,
    AtAssign,
    DoubleSlashAssign,
    SlashAssign,
    PercentAssign,
    DoubleStarAssign,
}

/// The keywords of each length, from two bytes on, one behind the other.
static KEYWORDS: [(&[u8], &[Tok]); 8] = [
    (b"asifinisor", &[Tok::As, Tok::If, Tok::In, Tok::Is, Tok::Or]),
    (b"anddefdelfornottry", &[Tok::And, Tok::Def, Tok::Del, Tok::For, Tok::Not, Tok::Try]),
    (
        b"NoneTrueelifelsefrompasswith",
        &[Tok::None, Tok::True, Tok::Elif, Tok::Else, Tok::From, Tok::Pass, Tok::With],
    ),
    (
        b"Falseasyncawaitbreakclassraisewhileyield",
        &[
            Tok::False,
            Tok::Async,
            Tok::Await,
            Tok::Break,
            Tok::Class,
            Tok::Raise,
            Tok::While,
            Tok::Yield,
        ],
    ),
    (
        b"assertexceptglobalimportlambdareturn",
        &[Tok::Assert, Tok::Except, Tok::Global, Tok::Import, Tok::Lambda, Tok::Return],
    ),
    (b"finally", &[Tok::Finally]),
    (b"continuenonlocal", &[Tok::Continue, Tok::Nonlocal]),
    (b"__debug__", &[Tok::Debug]),
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
        let Some((words, tokens)) = name.len().checked_sub(2).and_then(|at| KEYWORDS.get(at))
        else {
            return Tok::Name;
        };
        let same = |word: &[u8]| word.first() == name.first() && word == name;
        let found = words.chunks_exact(name.len()).position(same);
        found.and_then(|at| tokens.get(at)).copied().unwrap_or(Tok::Name)
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
