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

    #[token(b"False")]
    False,
    #[token(b"None")]
    None,
    #[token(b"True")]
    True,
    #[token(b"__debug__")]
    Debug,
    #[token(b"and")]
    And,
    #[token(b"as")]
    As,
    #[token(b"assert")]
    Assert,
    #[token(b"async")]
    Async,
    #[token(b"await")]
    Await,
    #[token(b"break")]
    Break,
    #[token(b"class")]
    Class,
    #[token(b"continue")]
    Continue,
    #[token(b"def")]
    Def,
    #[token(b"del")]
    Del,
    #[token(b"elif")]
    Elif,
    #[token(b"else")]
    Else,
    #[token(b"except")]
    Except,
    #[token(b"finally")]
    Finally,
    #[token(b"for")]
    For,
    #[token(b"from")]
    From,
    #[token(b"global")]
    Global,
    #[token(b"if")]
    If,
    #[token(b"import")]
    Import,
    #[token(b"in")]
    In,
    #[token(b"is")]
    Is,
    #[token(b"lambda")]
    Lambda,
    #[token(b"nonlocal")]
    Nonlocal,
    #[token(b"not")]
    Not,
    #[token(b"or")]
    Or,
    #[token(b"pass")]
    Pass,
    #[token(b"raise")]
    Raise,
    #[token(b"return")]
    Return,
    #[token(b"try")]
    Try,
    #[token(b"while")]
    While,
    #[token(b"with")]
    With,
    #[token(b"yield")]
    Yield,

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
