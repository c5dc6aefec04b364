//! The tree of one expression.
//!
//! Nodes lie in the statement's arena. Siblings are linked through [`Expr::next`], so that a list
//! costs nothing beside its items; names and plain strings are spans of the text.

use core::cell::Cell;

use snakelet_num::bigint::Limb;

use crate::Const;
use crate::token::Span;

pub(crate) type Ex<'a> = &'a Expr<'a>;

/// A node.
#[derive(Clone)]
pub(crate) struct Expr<'a> {
    /// Where it begins in the text.
    pub(crate) pos: u32,
    /// The operator between this operand and the one before, as the instruction numbers it.
    pub(crate) op: Cell<u8>,
    /// The next item of the list that this one is in.
    pub(crate) next: Cell<Option<Ex<'a>>>,
    pub(crate) kind: Kind<'a>,
}

/// Siblings in order.
#[derive(Clone, Copy)]
pub(crate) struct List<'a> {
    pub(crate) first: Option<Ex<'a>>,
}

impl<'a> List<'a> {
    pub(crate) const EMPTY: Self = List { first: None };

    pub(crate) fn is_empty(self) -> bool {
        self.first.is_none()
    }

    pub(crate) fn len(self) -> u32 {
        self.iter().count() as u32
    }

    pub(crate) fn iter(self) -> Items<'a> {
        Items { next: self.first }
    }

    /// The only item of a list of one.
    pub(crate) fn single(self) -> Option<Ex<'a>> {
        self.first.filter(|first| first.next.get().is_none())
    }
}

/// Walks over a list.
#[derive(Clone)]
pub(crate) struct Items<'a> {
    next: Option<Ex<'a>>,
}

impl<'a> Iterator for Items<'a> {
    type Item = Ex<'a>;

    fn next(&mut self) -> Option<Ex<'a>> {
        let item = self.next?;
        self.next = item.next.get();
        Some(item)
    }
}

/// Makes a list item by item.
pub(crate) struct ListBuilder<'a> {
    list: List<'a>,
    last: Option<Ex<'a>>,
}

impl<'a> ListBuilder<'a> {
    pub(crate) fn new() -> Self {
        ListBuilder { list: List::EMPTY, last: None }
    }

    pub(crate) fn push(&mut self, item: Ex<'a>) {
        item.next.set(None);
        match self.last {
            Some(last) => last.next.set(Some(item)),
            None => self.list.first = Some(item),
        }
        self.last = Some(item);
    }

    pub(crate) fn finish(self) -> List<'a> {
        self.list
    }
}

/// Two nodes, the second linked to the first.
#[derive(Clone, Copy)]
pub(crate) struct Two<'a>(Ex<'a>);

impl<'a> Two<'a> {
    pub(crate) fn new(first: Ex<'a>, second: Ex<'a>) -> Self {
        first.next.set(Some(second));
        second.next.set(None);
        Two(first)
    }

    pub(crate) fn split(self) -> (Ex<'a>, Ex<'a>) {
        (self.0, self.0.next.get().unwrap_or(self.0))
    }
}

/// A node and a list linked to it.
#[derive(Clone, Copy)]
pub(crate) struct Headed<'a>(Ex<'a>);

impl<'a> Headed<'a> {
    pub(crate) fn new(head: Ex<'a>, list: List<'a>) -> Self {
        head.next.set(list.first);
        Headed(head)
    }

    pub(crate) fn split(self) -> (Ex<'a>, List<'a>) {
        (self.0, List { first: self.0.next.get() })
    }
}

/// Eight bytes that do not ask for more alignment than a node has on a 32-bit machine.
#[derive(Clone, Copy)]
#[repr(C, packed(4))]
pub(crate) struct Packed<T>(pub(crate) T);

/// What a node is: a tag and at most eight bytes.
#[derive(Clone, Copy)]
pub(crate) enum Kind<'a> {
    Name(Span),

    // Constants.
    None,
    True,
    False,
    Ellipsis,
    /// An integer that fits the target's small ones.
    Int(Packed<i64>),
    /// A larger integer.
    Big(&'a Big<'a>),
    Float(Packed<f64>),
    Imaginary(Packed<f64>),
    /// A string that stands in the text as it is.
    StrSpan(Span),
    Str(&'a &'a [u8]),
    Bytes(&'a &'a [u8]),
    /// A tuple whose items are constants.
    ConstTuple(&'a &'a [Const<'a>]),

    /// A tuple without parentheses.
    Tuple(List<'a>),
    /// A tuple in parentheses.
    ParenTuple(List<'a>),
    List(List<'a>),
    Set(List<'a>),
    /// Items are `Pair` or `DoubleStar`.
    Dict(List<'a>),
    /// Key and value.
    Pair(Two<'a>),
    Comprehension(&'a Comprehension<'a>),

    Or(List<'a>),
    And(List<'a>),
    Not(Ex<'a>),
    /// Operands with [`compare`] operators.
    Compare(List<'a>),
    /// Operands with binary operators of one precedence.
    Chain(List<'a>),
    Unary(u8, Ex<'a>),
    /// Condition, value if true, value if false.
    IfElse(&'a [Ex<'a>; 3]),
    Lambda(&'a Lambda<'a>),
    /// Target and value.
    Walrus(Two<'a>),
    Await(Ex<'a>),
    Yield(Option<Ex<'a>>),
    YieldFrom(Ex<'a>),
    /// A formatted string: the format, and the arguments for it.
    Format(Headed<'a>),

    /// A subject and what follows it: `Call`, `Subscript` and `Attribute` items.
    Postfix(Headed<'a>),
    Call(List<'a>),
    Subscript(Ex<'a>),
    Attribute(Span),
    Slice(&'a [Option<Ex<'a>>; 3]),

    /// `*x` in a list, call or target.
    Star(Ex<'a>),
    /// `**x` in a call or dictionary.
    DoubleStar(Ex<'a>),
    /// `name=value` in a call.
    Keyword(&'a (Span, Ex<'a>)),
    /// `for target in iterable` of a comprehension.
    For(Two<'a>),
    /// `if condition` of a comprehension.
    If(Ex<'a>),
}

/// An integer beyond the small ones.
#[derive(Clone, Copy)]
pub(crate) struct Big<'a> {
    pub(crate) negative: bool,
    /// Absolute value, least significant limb first, no leading zeros.
    pub(crate) magnitude: &'a [Limb],
}

/// A comprehension or generator expression.
#[derive(Clone, Copy)]
pub(crate) struct Comprehension<'a> {
    pub(crate) kind: crate::scope::ScopeKind,
    /// Where its first `for` stands, which tells it from the scopes around it.
    pub(crate) key: u32,
    /// What is collected; a `Pair` for dictionaries.
    pub(crate) element: Ex<'a>,
    /// `For` and `If` items, a `For` first.
    pub(crate) clauses: List<'a>,
}

/// An anonymous function.
#[derive(Clone, Copy)]
pub(crate) struct Lambda<'a> {
    pub(crate) params: Option<&'a Param<'a>>,
    pub(crate) body: Ex<'a>,
}

/// How a parameter takes its argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParamKind {
    Plain,
    /// Not by name: it stands before a `/`.
    PositionalOnly,
    /// `*name`, or a bare `*` whose name is empty.
    Star,
    DoubleStar,
}

/// A parameter of a function.
#[derive(Clone)]
pub(crate) struct Param<'a> {
    pub(crate) name: Span,
    pub(crate) kind: Cell<ParamKind>,
    pub(crate) default: Option<Ex<'a>>,
    pub(crate) next: Cell<Option<&'a Param<'a>>>,
}

/// Walks over parameters.
pub(crate) fn params<'a>(first: Option<&'a Param<'a>>) -> impl Iterator<Item = &'a Param<'a>> {
    core::iter::successors(first, |param| param.next.get())
}

/// Numbers of the operators in `Unary`, `Chain` and `Compare` nodes: those of the `UNARY_OP_MULTI`
/// and `BINARY_OP_MULTI` instructions (MicroPython's `py/runtime0.h`), and two that are made of an
/// instruction and a `not`.
pub(crate) mod op {
    pub(crate) const POSITIVE: u8 = 0;
    pub(crate) const NEGATIVE: u8 = 1;
    pub(crate) const INVERT: u8 = 2;
    pub(crate) const NOT: u8 = 3;

    pub(crate) const LESS: u8 = 0;
    pub(crate) const MORE: u8 = 1;
    pub(crate) const EQUAL: u8 = 2;
    pub(crate) const LESS_EQUAL: u8 = 3;
    pub(crate) const MORE_EQUAL: u8 = 4;
    pub(crate) const NOT_EQUAL: u8 = 5;
    pub(crate) const IN: u8 = 6;
    pub(crate) const IS: u8 = 7;
    pub(crate) const EXCEPTION_MATCH: u8 = 8;
    /// The first of the in-place operators; the others follow in the order of the plain ones.
    pub(crate) const INPLACE: u8 = 9;
    pub(crate) const OR: u8 = 22;
    pub(crate) const XOR: u8 = 23;
    pub(crate) const AND: u8 = 24;
    pub(crate) const SHIFT_LEFT: u8 = 25;
    pub(crate) const SHIFT_RIGHT: u8 = 26;
    pub(crate) const ADD: u8 = 27;
    pub(crate) const SUBTRACT: u8 = 28;
    pub(crate) const MULTIPLY: u8 = 29;
    pub(crate) const MAT_MULTIPLY: u8 = 30;
    pub(crate) const FLOOR_DIVIDE: u8 = 31;
    pub(crate) const TRUE_DIVIDE: u8 = 32;
    pub(crate) const MODULO: u8 = 33;
    pub(crate) const POWER: u8 = 34;

    pub(crate) const NOT_IN: u8 = 64;
    pub(crate) const IS_NOT: u8 = 65;
}
