//! Operators, conditions, lambdas, and the places where expressions may be left out or repeated.

use super::Parser;
use crate::Message;
use crate::ast::{Ex, Headed, Kind, List, ListBuilder, Two, op};
use crate::fold;
use crate::memory::Arena;
use crate::token::{COMPARISONS, Tok};

/// Precedence of the operators, lowest first.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const BIT_OR: u8 = 5;
const BIT_XOR: u8 = 6;
const BIT_AND: u8 = 7;
const SHIFT: u8 = 8;
const ARITH: u8 = 9;
const TERM: u8 = 10;

/// Precedence of the operators from `<` on, in the order of their tokens.
static LEVELS: [u8; 18] = [
    COMPARE, COMPARE, COMPARE, COMPARE, COMPARE, COMPARE, BIT_OR, BIT_XOR, BIT_AND, SHIFT, SHIFT,
    ARITH, ARITH, TERM, TERM, TERM, TERM, TERM,
];

/// That the tokens have the order of the numbers.
const _: () = {
    const fn from(kind: Tok, first: Tok) -> u8 {
        kind as u8 - first as u8
    }
    assert!(op::LESS_EQUAL - op::LESS == from(Tok::LessEqual, Tok::Less));
    assert!(op::NOT_EQUAL - op::LESS == from(Tok::NotEqual, Tok::Less));
    assert!(op::MAT_MULTIPLY - op::OR == from(Tok::At, Tok::Pipe));
    assert!(op::POWER - op::OR == from(Tok::DoubleStar, Tok::Pipe));
    assert!(op::POWER - op::OR == from(Tok::DoubleStarAssign, Tok::PipeAssign));
};

/// Precedence and number of a binary operator.
fn binary(kind: Tok) -> Option<(u8, u8)> {
    Some(match kind {
        Tok::Or => (OR, 0),
        Tok::And => (AND, 0),
        Tok::In => (COMPARE, op::IN),
        Tok::Is => (COMPARE, op::IS),
        Tok::Not => (COMPARE, op::NOT_IN),
        _ => {
            let at = kind.operator()?;
            let level = *LEVELS.get(usize::from(at))?;
            (level, if level == COMPARE { op::LESS + at } else { op::OR - COMPARISONS + at })
        }
    })
}

impl<'b> Parser<'_, 'b> {
    /// A condition, lambda or any other expression but `:=`, `*x`, `yield` and bare tuples.
    pub(crate) fn test<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        if self.kind() == Tok::Lambda {
            return self.lambda(arena);
        }
        let pos = self.lexer.start();
        let value = self.operators(arena, OR);
        if self.kind() != Tok::If {
            return value;
        }
        self.nest();
        let condition = self.operators(arena, OR);
        self.expect(Tok::Else, Message::ExpectedElse);
        let other = self.test(arena);
        self.leave();
        let mut parts = ListBuilder::new();
        parts.push(condition);
        parts.push(value);
        parts.push(other);
        self.node(arena, pos, Kind::IfElse(parts.finish()))
    }

    /// A test, or `name := test`.
    pub(crate) fn named_test<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let value = self.test(arena);
        self.walrus(arena, value)
    }

    /// What may follow a name: `:= test`.
    pub(super) fn walrus<'a>(&mut self, arena: &'a Arena<'b>, target: Ex<'a>) -> Ex<'a> {
        if self.kind() != Tok::Walrus {
            return target;
        }
        if !matches!(*target.kind(), Kind::Name(_)) {
            self.lexer.error(target.pos(), Message::CannotAssign);
        }
        self.advance();
        let value = self.test(arena);
        self.node(arena, target.pos(), Kind::Walrus(Two::new(target, value)))
    }

    /// A lambda or an expression without a condition, as comprehensions' `if` takes it.
    pub(crate) fn test_without_condition<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        if self.kind() == Tok::Lambda { self.lambda(arena) } else { self.operators(arena, OR) }
    }

    /// `or` and all that binds tighter.
    pub(crate) fn or_test<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        self.operators(arena, OR)
    }

    /// `|` and all that binds tighter: what a target or pattern value may be.
    pub(crate) fn expr<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        self.operators(arena, BIT_OR)
    }

    /// Sums and all that binds tighter: what a pattern's literal may be.
    pub(super) fn sum<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        self.operators(arena, ARITH)
    }

    fn lambda<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        self.nest();
        let params = self.parameters(arena, Tok::Colon);
        self.expect(Tok::Colon, Message::ExpectedColon);
        let body = self.test(arena);
        self.leave();
        self.node(arena, pos, Kind::Lambda(Headed::new(body, params)))
    }

    /// Operators of at least the given precedence.
    fn operators<'a>(&mut self, arena: &'a Arena<'b>, least: u8) -> Ex<'a> {
        let pos = self.lexer.start();
        let mut left = if self.kind() == Tok::Not && least <= NOT {
            self.nest();
            let operand = self.operators(arena, NOT);
            self.leave();
            self.node(arena, pos, fold::not(operand).unwrap_or(Kind::Not(operand)))
        } else {
            self.factor(arena)
        };
        while let Some((level, _)) = binary(self.kind()) {
            if level < least {
                break;
            }
            left = self.level(arena, pos, left, level);
        }
        left
    }

    /// The operators of one precedence that follow an operand.
    fn level<'a>(&mut self, arena: &'a Arena<'b>, pos: u32, left: Ex<'a>, level: u8) -> Ex<'a> {
        let mut list = ListBuilder::new();
        list.push(left);
        while let Some((same, mut number)) = binary(self.kind()) {
            if same != level {
                break;
            }
            let first = self.kind();
            self.advance();
            if first == Tok::Not {
                self.expect(Tok::In, Message::ExpectedIn);
            } else if first == Tok::Is && self.accept(Tok::Not) {
                number = op::IS_NOT;
            }
            // What is no operator's level but a sign's is a factor.
            let operand = self.operators(arena, level + 1);
            operand.set_tag(number);
            list.push(operand);
        }
        let list = list.finish();
        match level {
            OR | AND => self.logical(arena, pos, list, level == OR),
            COMPARE => self.node(arena, pos, Kind::Compare(list)),
            _ => self.chain(arena, pos, list),
        }
    }

    /// Operands with operators, or the constant that they are.
    fn chain<'a>(&mut self, arena: &'a Arena<'b>, pos: u32, list: List<'a>) -> Ex<'a> {
        let kind = self.fold_chain(arena, list).unwrap_or(Kind::Chain(list));
        self.node(arena, pos, kind)
    }

    /// Leaves out what constants decide.
    fn logical<'a>(
        &mut self,
        arena: &'a Arena<'b>,
        pos: u32,
        list: List<'a>,
        is_or: bool,
    ) -> Ex<'a> {
        let mut kept = ListBuilder::new();
        let mut left = list.len();
        for item in list.iter() {
            left -= 1;
            match fold::truth(item) {
                // This decides; nothing after it is evaluated.
                Some(truth) if truth == is_or => {
                    kept.push(item);
                    break;
                }
                // This does not matter unless it is the last.
                Some(_) if left > 0 => {}
                _ => kept.push(item),
            }
        }
        let kept = kept.finish();
        match kept.single() {
            Some(only) => only,
            None if is_or => self.node(arena, pos, Kind::Or(kept)),
            None => self.node(arena, pos, Kind::And(kept)),
        }
    }

    /// Signs, powers, and what they apply to.
    fn factor<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        let number = match self.kind() {
            Tok::Plus => op::POSITIVE,
            Tok::Minus => op::NEGATIVE,
            Tok::Tilde => op::INVERT,
            _ => {
                let base = self.primary(arena);
                if self.kind() != Tok::DoubleStar {
                    return base;
                }
                self.nest();
                let exponent = self.factor(arena);
                self.leave();
                let mut list = ListBuilder::new();
                list.push(base);
                exponent.set_tag(op::POWER);
                list.push(exponent);
                let list = list.finish();
                return self.chain(arena, pos, list);
            }
        };
        self.nest();
        let operand = self.factor(arena);
        self.leave();
        let folded = self.fold_unary(arena, number, operand);
        self.node(arena, pos, folded.unwrap_or(Kind::Unary(number, operand)))
    }

    /// `*x`, or an item by the given rule.
    fn starred<'a>(
        &mut self,
        arena: &'a Arena<'b>,
        item: fn(&mut Self, &'a Arena<'b>) -> Ex<'a>,
    ) -> Ex<'a> {
        let pos = self.lexer.start();
        if !self.accept(Tok::Star) {
            return item(self, arena);
        }
        let value = self.expr(arena);
        self.node(arena, pos, Kind::Star(value))
    }

    /// `*x` or a test or `name := test`.
    pub(super) fn star_named<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        self.starred(arena, Self::named_test)
    }

    /// Tests separated by commas; a tuple if there is any comma.
    pub(crate) fn tests<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        let first = self.starred(arena, Self::test);
        if self.kind() != Tok::Comma {
            return first;
        }
        let list = self.more(arena, first, Self::test);
        self.tuple(arena, pos, list, false)
    }

    /// `yield` or tests separated by commas.
    pub(crate) fn tests_or_yield<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        if self.kind() == Tok::Yield { self.yielding(arena) } else { self.tests(arena) }
    }

    /// Targets separated by commas.
    pub(crate) fn targets<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        let first = self.starred(arena, Self::expr);
        if self.kind() != Tok::Comma {
            return first;
        }
        let list = self.more(arena, first, Self::expr);
        self.node(arena, pos, Kind::Tuple(list))
    }

    /// The items after the first and a comma.
    fn more<'a>(
        &mut self,
        arena: &'a Arena<'b>,
        first: Ex<'a>,
        item: fn(&mut Self, &'a Arena<'b>) -> Ex<'a>,
    ) -> List<'a> {
        let mut list = ListBuilder::new();
        list.push(first);
        while self.accept(Tok::Comma) && self.begins_expression() {
            list.push(self.starred(arena, item));
        }
        list.finish()
    }

    /// A tuple, which is a constant if its items are.
    pub(super) fn tuple<'a>(
        &mut self,
        arena: &'a Arena<'b>,
        pos: u32,
        list: List<'a>,
        parentheses: bool,
    ) -> Ex<'a> {
        let kind = if !list.is_empty() && list.iter().all(fold::is_constant) {
            let items = self.constants_of(arena, list);
            Kind::ConstTuple(arena.alloc(items).unwrap_or(&fold::NO_ITEMS))
        } else if parentheses {
            Kind::ParenTuple(list)
        } else {
            Kind::Tuple(list)
        };
        self.node(arena, pos, kind)
    }

    /// What a `with` item may bind.
    pub(crate) fn with_target<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        self.starred(arena, Self::expr)
    }

    pub(crate) fn yielding<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        self.nest();
        let kind = if self.accept(Tok::From) {
            Kind::YieldFrom(self.test(arena))
        } else if self.begins_expression() {
            Kind::Yield(self.tests(arena))
        } else {
            Kind::Yield(self.node(arena, pos, Kind::None))
        };
        self.leave();
        self.node(arena, pos, kind)
    }

    /// Whether an expression, starred or not, can begin with the current token.
    pub(crate) fn begins_expression(&self) -> bool {
        matches!(
            self.kind(),
            Tok::Name
                | Tok::Int
                | Tok::Float
                | Tok::Imag
                | Tok::Str
                | Tok::Bytes
                | Tok::FString
                | Tok::False
                | Tok::None
                | Tok::True
                | Tok::Debug
                | Tok::Ellipsis
                | Tok::ParenOpen
                | Tok::BracketOpen
                | Tok::BraceOpen
                | Tok::Plus
                | Tok::Minus
                | Tok::Tilde
                | Tok::Not
                | Tok::Lambda
                | Tok::Await
                | Tok::Star
        )
    }
}
