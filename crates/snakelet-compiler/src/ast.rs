//! The tree of one expression.
//!
//! Nodes lie in the statement's arena. Siblings are linked through [`Expr::next`], so that a list
//! costs nothing beside its items; names and plain strings are spans of the text.

use core::cell::Cell;

use snakelet_num::bigint::Limb;

use crate::Const;
use crate::scope::ScopeKind;
use crate::token::Span;

/// A node, or nothing if there was no room for one. The compilation has failed then: nothing is
/// what takes the node's place until the walk over the text has come to its end.
#[derive(Clone, Copy)]
pub(crate) struct Ex<'a>(Option<&'a Expr<'a>>);

impl<'a> Ex<'a> {
    pub(crate) const NOTHING: Self = Ex(None);

    pub(crate) fn new(node: Option<&'a Expr<'a>>) -> Self {
        Ex(node)
    }

    pub(crate) fn is_some(self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn kind(self) -> &'a Kind<'a> {
        self.0.map_or(&Kind::Nothing, |node| &node.kind)
    }

    pub(crate) fn pos(self) -> u32 {
        self.0.map_or(0, |node| node.pos)
    }

    pub(crate) fn tag(self) -> u8 {
        self.0.map_or(0, |node| node.tag.get())
    }

    pub(crate) fn set_tag(self, tag: u8) {
        if let Some(node) = self.0 {
            node.tag.set(tag);
        }
    }

    /// The name that a `Keyword` or `Param` begins with.
    pub(crate) fn name(self, len: u16) -> Span {
        let start = self.pos();
        Span { start, end: start + u32::from(len) }
    }

    fn next(self) -> Ex<'a> {
        self.0.map_or(Ex::NOTHING, |node| node.next.get())
    }

    fn set_next(self, next: Ex<'a>) {
        if let Some(node) = self.0 {
            node.next.set(next);
        }
    }
}

/// A node.
#[derive(Clone)]
pub(crate) struct Expr<'a> {
    /// Where it begins in the text.
    pub(crate) pos: u32,
    /// Of an operand: the operator between it and the one before, as the instruction numbers it. Of
    /// a parameter: how it takes its argument.
    pub(crate) tag: Cell<u8>,
    /// The next item of the list that this one is in.
    pub(crate) next: Cell<Ex<'a>>,
    pub(crate) kind: Kind<'a>,
}

/// Siblings in order.
#[derive(Clone, Copy)]
pub(crate) struct List<'a> {
    pub(crate) first: Ex<'a>,
}

impl<'a> List<'a> {
    pub(crate) const EMPTY: Self = List { first: Ex::NOTHING };

    pub(crate) fn is_empty(self) -> bool {
        self.first.0.is_none()
    }

    #[inline(never)]
    pub(crate) fn len(self) -> u32 {
        self.iter().count() as u32
    }

    pub(crate) fn iter(self) -> Items<'a> {
        Items { next: self.first }
    }

    /// The items of a list of three.
    pub(crate) fn three(self) -> (Ex<'a>, Ex<'a>, Ex<'a>) {
        let second = self.first.next();
        (self.first, second, second.next())
    }

    /// The only item of a list of one.
    pub(crate) fn single(self) -> Option<Ex<'a>> {
        (!self.is_empty() && self.first.next().0.is_none()).then_some(self.first)
    }
}

/// Walks over a list.
#[derive(Clone)]
pub(crate) struct Items<'a> {
    next: Ex<'a>,
}

impl<'a> Iterator for Items<'a> {
    type Item = Ex<'a>;

    fn next(&mut self) -> Option<Ex<'a>> {
        let item = self.next;
        self.next = item.next();
        item.0.map(|_| item)
    }
}

/// Makes a list item by item.
pub(crate) struct ListBuilder<'a> {
    list: List<'a>,
    last: Ex<'a>,
}

impl<'a> ListBuilder<'a> {
    pub(crate) fn new() -> Self {
        ListBuilder { list: List::EMPTY, last: Ex::NOTHING }
    }

    #[inline(never)]
    pub(crate) fn push(&mut self, item: Ex<'a>) {
        item.set_next(Ex::NOTHING);
        if self.list.is_empty() {
            self.list.first = item;
        }
        self.last.set_next(item);
        self.last = item;
    }

    pub(crate) fn so_far(&self) -> List<'a> {
        self.list
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
        first.set_next(second);
        second.set_next(Ex::NOTHING);
        Two(first)
    }

    pub(crate) fn split(self) -> (Ex<'a>, Ex<'a>) {
        (self.0, self.0.next())
    }
}

/// A node and a list linked to it.
#[derive(Clone, Copy)]
pub(crate) struct Headed<'a>(Ex<'a>);

impl<'a> Headed<'a> {
    pub(crate) fn new(head: Ex<'a>, list: List<'a>) -> Self {
        head.set_next(list.first);
        Headed(head)
    }

    pub(crate) fn split(self) -> (Ex<'a>, List<'a>) {
        (self.0, List { first: self.0.next() })
    }
}

/// Eight bytes that do not ask for more alignment than a node has on a 32-bit machine.
#[derive(Clone, Copy)]
#[repr(C, packed(4))]
pub(crate) struct Packed<T>(pub(crate) T);

/// What a node is: a tag and at most eight bytes.
#[derive(Clone, Copy)]
pub(crate) enum Kind<'a> {
    Nothing,
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
    /// What is collected, a `Pair` for dictionaries, and the clauses: `For` and `If` items, a `For`
    /// first, whose place in the text tells the comprehension from the scopes around it.
    Comprehension(ScopeKind, Headed<'a>),

    Or(List<'a>),
    And(List<'a>),
    Not(Ex<'a>),
    /// Operands with [`compare`] operators.
    Compare(List<'a>),
    /// Operands with binary operators of one precedence.
    Chain(List<'a>),
    Unary(u8, Ex<'a>),
    /// Condition, value if true, value if false.
    IfElse(List<'a>),
    /// The body and the parameters.
    Lambda(Headed<'a>),
    /// A parameter: the length of the name that it begins with, which is zero for a bare `*`, and its
    /// default. How it takes its argument says the node's tag, see [`param`].
    Param(u16, Ex<'a>),
    /// Target and value.
    Walrus(Two<'a>),
    Await(Ex<'a>),
    Yield(Ex<'a>),
    YieldFrom(Ex<'a>),
    /// A formatted string: the format, and the arguments for it.
    Format(Headed<'a>),

    /// A subject and what follows it: `Call`, `Subscript` and `Attribute` items.
    Postfix(Headed<'a>),
    Call(List<'a>),
    Subscript(Ex<'a>),
    Attribute(Span),
    /// Start, end and, if it is given, step; what is left out is `None`.
    Slice(List<'a>),

    /// `*x` in a list, call or target.
    Star(Ex<'a>),
    /// `**x` in a call or dictionary.
    DoubleStar(Ex<'a>),
    /// `name=value` in a call: the length of the name that it begins with, and the value.
    Keyword(u16, Ex<'a>),
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

/// How a parameter takes its argument.
pub(crate) mod param {
    pub(crate) const PLAIN: u8 = 0;
    /// Not by name: it stands before a `/`.
    pub(crate) const POSITIONAL_ONLY: u8 = 1;
    /// `*name`, or a bare `*` whose name is empty.
    pub(crate) const STAR: u8 = 2;
    pub(crate) const DOUBLE_STAR: u8 = 3;
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
