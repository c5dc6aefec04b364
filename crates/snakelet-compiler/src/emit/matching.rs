//! `match`.
//!
//! The subject lies on the stack while its cases are tried, and is taken off before a case's block
//! runs. A pattern finds what it is to match on top of the stack and takes it off if it does. If it
//! does not, it jumps to where as many values are taken off as its part of the pattern has put
//! there. Names are bound as soon as their part of the pattern matches.
//!
//! There are no instructions for patterns: a sequence is a `list`, `tuple` or `range` and a mapping
//! a `dict` (or a subclass), as the builtin names `isinstance`, `len` and so on find them.

use snakelet_bytecode::op;

use super::names::Name;
use super::{Compiler, Label};
use crate::ast::{Ex, Items, Kind, List, op as number};
use crate::memory::{Arena, Buf};
use crate::token::{Span, Tok};
use crate::{Message, Sink};

/// Classes whose only positional argument is matched by the object itself.
const SELF_MATCHING: [&[u8]; 11] = [
    b"bool",
    b"bytearray",
    b"bytes",
    b"dict",
    b"float",
    b"frozenset",
    b"int",
    b"list",
    b"set",
    b"str",
    b"tuple",
];

/// Where a pattern that does not match goes: an entry for each number of values to take off.
struct Fails<'b> {
    labels: Buf<'b, Option<Label>>,
}

impl<'b, S: Sink> Compiler<'_, 'b, '_, S> {
    pub(super) fn match_statement(&mut self, arena: &mut Arena<'b>) {
        self.parser.advance();
        let subject = self.parser.subject(arena);
        self.expr(subject);
        self.parser.expect(Tok::Colon, Message::ExpectedColon);
        self.parser.expect(Tok::Newline, Message::ExpectedNewline);
        if self.parser.kind() != Tok::Indent {
            return self.unexpected(Message::ExpectedIndent);
        }
        self.parser.advance();
        let end = self.label();
        while !matches!(self.parser.kind(), Tok::Dedent | Tok::End) {
            arena.reset();
            self.parser.lexer.rebase();
            self.case(arena, end);
        }
        self.pop_top();
        self.place(end);
        self.parser.advance()
    }

    fn case(&mut self, arena: &mut Arena<'b>, end: Label) {
        if !self.parser.at_word(b"case") {
            return self.unexpected(Message::ExpectedCase);
        }
        self.set_line(self.parser.lexer.start());
        self.parser.advance();
        let pattern = self.parser.patterns(arena);
        let mut names = Buf::new(self.budget);
        self.bound_names(pattern, &mut names);
        drop(names);
        let mut fails = Fails { labels: Buf::new(self.budget) };
        let guarded = self.parser.kind() == Tok::If;
        if guarded || !self.is_wildcard(pattern) {
            self.dup_top();
            self.pattern(pattern, 1, &mut fails);
        }
        if self.parser.accept(Tok::If) {
            let guard = self.parser.named_test(arena);
            let fail = self.fail(&mut fails, 0);
            self.jump_if(guard, false, fail);
        }
        self.pop_top();
        self.block(arena);
        self.jump(end);
        self.adjust(1);
        self.land(fails)
    }

    fn is_wildcard(&self, pattern: Ex<'_>) -> bool {
        matches!(*pattern.kind(), Kind::Name(span) if self.parser.lexer.text(span) == b"_")
    }

    /// The label where `depth` values are taken off.
    fn fail(&mut self, fails: &mut Fails<'_>, depth: usize) -> Label {
        for _ in fails.labels.len()..=depth {
            fails.labels.push(None);
        }
        if let Some(Some(label)) = fails.labels.get(depth) {
            return *label;
        }
        let label = self.label();
        if let Some(place) = fails.labels.get_mut(depth) {
            *place = Some(label);
        }
        label
    }

    /// Goes on if the truth on the stack is right; `depth` values stay below it.
    fn require(&mut self, fails: &mut Fails<'_>, depth: usize) {
        let label = self.fail(fails, depth);
        self.jump_op(op::POP_JUMP_IF_FALSE, -1, label)
    }

    /// Where the failed parts of a pattern come together again. The height of the stack is the one
    /// at the end of it.
    fn land(&mut self, fails: Fails<'_>) {
        let depth = fails.labels.len();
        self.adjust(depth.saturating_sub(1) as i32);
        for (left, label) in fails.labels.iter().enumerate().rev() {
            if let Some(label) = label {
                self.place(*label);
            }
            if left > 0 {
                self.pop_top();
            }
        }
    }

    /// Matches the value on the stack, one of `depth` that the pattern has put there.
    fn pattern(&mut self, pattern: Ex<'_>, depth: usize, fails: &mut Fails<'_>) {
        if !self.parser.enter() {
            return;
        }
        match *pattern.kind() {
            Kind::Name(_) if self.is_wildcard(pattern) => self.pop_top(),
            Kind::Name(name) => self.store(Name::Span(name)),
            Kind::Walrus(both) => {
                let (name, inner) = both.split();
                self.dup_top();
                self.pattern(inner, depth + 1, fails);
                self.pattern(name, depth, fails);
            }
            Kind::Or(list) => self.alternatives(list, depth, fails),
            Kind::List(list) => self.sequence(list, depth, fails),
            Kind::Dict(list) => self.mapping(list, depth, fails),
            Kind::Format(headed) => {
                let (class, arguments) = headed.split();
                self.class_pattern(class, arguments, depth, fails);
            }
            Kind::None | Kind::True | Kind::False => {
                self.expr(pattern);
                self.binary_op(number::IS);
                self.require(fails, depth - 1);
            }
            _ => {
                self.expr(pattern);
                self.binary_op(number::EQUAL);
                self.require(fails, depth - 1);
            }
        }
        self.parser.leave();
    }

    fn alternatives(&mut self, list: List<'_>, depth: usize, fails: &mut Fails<'_>) {
        let matched = self.label();
        for alternative in list.iter() {
            let mut own = Fails { labels: Buf::new(self.budget) };
            self.dup_top();
            self.pattern(alternative, 1, &mut own);
            self.jump(matched);
            self.land(own);
        }
        let label = self.fail(fails, depth);
        self.jump(label);
        self.place(matched);
        self.pop_top()
    }

    /// Asks `isinstance(value, class)` of the value on the stack, which stays; `class` loads the
    /// class.
    fn require_class(
        &mut self,
        depth: usize,
        fails: &mut Fails<'_>,
        class: impl FnOnce(&mut Self),
    ) {
        self.dup_top();
        self.op_text(op::LOAD_GLOBAL, 1, b"isinstance");
        self.rot_two();
        class(self);
        self.call_function(2);
        self.require(fails, depth)
    }

    fn sequence(&mut self, list: List<'_>, depth: usize, fails: &mut Fails<'_>) {
        self.require_class(depth, fails, |compiler| {
            compiler.op_text(op::LOAD_GLOBAL, 1, b"list");
            compiler.op_text(op::LOAD_GLOBAL, 1, b"tuple");
            compiler.op_text(op::LOAD_GLOBAL, 1, b"range");
            compiler.build(op::BUILD_TUPLE, 3)
        });
        let star = list.iter().position(|item| matches!(*item.kind(), Kind::Star(_)));
        self.dup_top();
        self.op_text(op::LOAD_GLOBAL, 1, b"len");
        self.rot_two();
        self.call_function(1);
        self.load_int(i64::from(list.len()) - i64::from(star.is_some()));
        self.binary_op(if star.is_some() { number::MORE_EQUAL } else { number::EQUAL });
        self.require(fails, depth);
        let rest = list.iter().find_map(|item| match *item.kind() {
            Kind::Star(rest) => Some(rest),
            _ => None,
        });
        if rest.is_some_and(|rest| self.is_wildcard(rest)) {
            return self.subscripts(list, depth, fails);
        }
        match star {
            Some(left) => {
                let right = list.len() - left as u32 - 1;
                let by = list.len() as i32 - 1;
                self.op_uint(op::UNPACK_EX, by, left as u32 | right << 8);
            }
            None => self.op_uint(op::UNPACK_SEQUENCE, list.len() as i32 - 1, list.len()),
        }
        let mut left = depth - 1 + list.len() as usize;
        for item in list.iter() {
            let item = match *item.kind() {
                Kind::Star(name) => name,
                _ => item,
            };
            self.pattern(item, left, fails);
            left -= 1;
        }
    }

    /// Matches the items around `*_` by their places, so that nothing is made of the others.
    fn subscripts(&mut self, list: List<'_>, depth: usize, fails: &mut Fails<'_>) {
        let len = i64::from(list.len());
        let mut behind = false;
        for (item, n) in list.iter().zip(0..) {
            if let Kind::Star(_) = *item.kind() {
                behind = true;
            } else if !self.is_wildcard(item) {
                self.dup_top();
                self.load_int(if behind { n - len } else { n });
                self.op(op::LOAD_SUBSCR, -1);
                self.pattern(item, depth + 1, fails);
            }
        }
        self.pop_top()
    }

    fn mapping(&mut self, list: List<'_>, depth: usize, fails: &mut Fails<'_>) {
        self.require_class(depth, fails, |compiler| compiler.op_text(op::LOAD_GLOBAL, 1, b"dict"));
        for item in list.iter() {
            let Kind::Pair(pair) = *item.kind() else { continue };
            let (key, value) = pair.split();
            self.dup_top();
            self.expr(key);
            self.rot_two();
            self.binary_op(number::IN);
            self.require(fails, depth);
            self.dup_top();
            self.expr(key);
            self.op(op::LOAD_SUBSCR, -1);
            self.pattern(value, depth + 1, fails);
        }
        for item in list.iter() {
            let Kind::DoubleStar(name) = *item.kind() else { continue };
            // The rest is a copy without the keys that were matched.
            self.dup_top();
            self.op_text(op::LOAD_GLOBAL, 1, b"dict");
            self.rot_two();
            self.call_function(1);
            for item in list.iter() {
                let Kind::Pair(pair) = *item.kind() else { continue };
                let (key, _) = pair.split();
                self.dup_top();
                self.expr(key);
                self.op(op::LOAD_NULL, 1);
                self.rot_three();
                self.op(op::STORE_SUBSCR, -3);
            }
            self.pattern(name, depth + 1, fails);
        }
        self.pop_top()
    }

    fn class_pattern(
        &mut self,
        class: Ex<'_>,
        arguments: List<'_>,
        depth: usize,
        fails: &mut Fails<'_>,
    ) {
        self.require_class(depth, fails, |compiler| compiler.expr(class));
        if let (Kind::Name(name), Some(only)) = (*class.kind(), arguments.single())
            && !matches!(*only.kind(), Kind::Keyword(..))
            && SELF_MATCHING.contains(&self.parser.lexer.text(name))
        {
            return self.pattern(only, depth, fails);
        }
        for (index, argument) in arguments.iter().enumerate() {
            let load_name = |compiler: &mut Self| match *argument.kind() {
                Kind::Keyword(len, _) => {
                    compiler.op_span(op::LOAD_CONST_STRING, 1, argument.name(len));
                }
                _ => {
                    compiler.expr(class);
                    compiler.op_text(op::LOAD_ATTR, 0, b"__match_args__");
                    compiler.load_int(index as i64);
                    compiler.op(op::LOAD_SUBSCR, -1)
                }
            };
            for function in [&b"hasattr"[..], b"getattr"] {
                self.dup_top();
                self.op_text(op::LOAD_GLOBAL, 1, function);
                self.rot_two();
                load_name(self);
                self.call_function(2);
                if function == b"hasattr" {
                    self.require(fails, depth);
                }
            }
            let inner = match *argument.kind() {
                Kind::Keyword(_, inner) => inner,
                _ => argument,
            };
            self.pattern(inner, depth + 1, fails);
        }
        self.pop_top()
    }

    /// Collects the names that a pattern binds; none may come twice, and alternatives must bind
    /// the same.
    fn bound_names(&mut self, pattern: Ex<'_>, names: &mut Buf<'b, Span>) {
        if !self.parser.enter() {
            return;
        }
        match *pattern.kind() {
            Kind::Name(_) if self.is_wildcard(pattern) => {}
            Kind::Name(name) => {
                let text = self.parser.lexer.text(name);
                if names.iter().any(|&other| self.parser.lexer.text(other) == text) {
                    return self.error(pattern.pos(), Message::PatternTwice);
                }
                names.push(name);
            }
            Kind::Walrus(both) => {
                let (name, inner) = both.split();
                self.bound_names(inner, names);
                self.bound_names(name, names);
            }
            Kind::Star(inner) | Kind::DoubleStar(inner) => self.bound_names(inner, names),
            Kind::Keyword(_, inner) => self.bound_names(inner, names),
            Kind::Pair(pair) => self.bound_names(pair.split().1, names),
            Kind::List(list) | Kind::Dict(list) => self.bound_by(list.iter(), names),
            Kind::Format(headed) => self.bound_by(headed.split().1.iter(), names),
            Kind::Or(list) => {
                let from = names.len();
                let mut first = 0;
                for (index, alternative) in list.iter().enumerate() {
                    let mut own = Buf::new(self.budget);
                    self.bound_names(alternative, &mut own);
                    let known = |name: &Span| {
                        let text = self.parser.lexer.text(*name);
                        let before = names.get(from..).unwrap_or_default();
                        before.iter().any(|&other| self.parser.lexer.text(other) == text)
                    };
                    if index == 0 {
                        first = own.len();
                        names.extend(&own);
                    } else if own.len() != first || !own.iter().all(known) {
                        return self.error(alternative.pos(), Message::PatternBinds);
                    }
                }
            }
            _ => {}
        }
        self.parser.leave();
    }

    fn bound_by(&mut self, items: Items<'_>, names: &mut Buf<'b, Span>) {
        items.for_each(|item| self.bound_names(item, names));
    }
}
