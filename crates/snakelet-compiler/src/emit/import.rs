//! Imports.

use snakelet_bytecode::op;

use super::names::Name;
use super::{Compiler, accepted};
use crate::ast::{Kind, ListBuilder, Two};
use crate::memory::Arena;
use crate::scope::ScopeKind;
use crate::token::{Span, Tok};
use crate::{Message, Sink};

impl<'b, S: Sink> Compiler<'_, 'b, '_, S> {
    pub(super) fn import_statement(&mut self) {
        self.parser.advance();
        loop {
            self.load_int(0);
            self.load_none();
            let start = self.parser.lexer.at;
            let first = self.dotted_name();
            self.import_name();
            let mut target = first;
            if self.parser.accept(Tok::As) {
                target = self.parser.name();
                // The value of the import is the outermost package; walk down to what was named.
                let resume = self.parser.lexer.at;
                self.parser.lexer.at = start;
                self.parser.name();
                while self.parser.accept(Tok::Period) {
                    let name = self.parser.name();
                    self.op_written(op::LOAD_ATTR, 0, name);
                }
                self.parser.lexer.at = resume;
            }
            self.store(Name::Span(target));
            if !self.parser.accept(Tok::Comma) {
                return;
            }
        }
    }

    /// Reads `a.b.c` and puts it together in `self.text`; returns the first part.
    fn dotted_name(&mut self) -> Span {
        self.text.clear();
        let first = self.parser.name();
        self.text.extend(self.parser.lexer.text(first));
        while self.parser.accept(Tok::Period) {
            let name = self.parser.name();
            self.text.push(b'.');
            self.text.extend(self.parser.lexer.text(name));
        }
        first
    }

    /// Imports the module named in `self.text`.
    fn import_name(&mut self) {
        if self.emitting() {
            let index = accepted(self.budget, &mut self.refusal, self.sink.qstr(&self.text));
            self.op_uint(op::IMPORT_NAME, -1, index);
        }
    }

    pub(super) fn import_from_statement(&mut self, arena: &Arena<'b>) {
        let pos = self.parser.lexer.start();
        self.parser.advance();
        let mut level = 0i64;
        loop {
            if self.parser.accept(Tok::Period) {
                level += 1;
            } else if self.parser.accept(Tok::Ellipsis) {
                level += 3;
            } else {
                break;
            }
        }
        self.text.clear();
        if level == 0 || self.parser.kind() != Tok::Import {
            self.dotted_name();
        }
        self.parser.expect(Tok::Import, Message::ExpectedImport);
        self.load_int(level);
        if self.parser.accept(Tok::Star) {
            if self.fun.kind != ScopeKind::Module {
                self.outside(pos, Message::ImportStar);
            }
            self.op_text(op::LOAD_CONST_STRING, 1, b"*");
            self.build(op::BUILD_TUPLE, 1);
            self.import_name();
            return self.op(op::IMPORT_STAR, -1);
        }
        let parentheses = self.parser.accept(Tok::ParenOpen);
        let mut names = ListBuilder::new();
        loop {
            let at = self.parser.lexer.start();
            let name = self.parser.name();
            let alias = if self.parser.accept(Tok::As) { self.parser.name() } else { name };
            let name = self.parser.node(arena, at, Kind::Name(name));
            let alias = self.parser.node(arena, at, Kind::Name(alias));
            names.push(self.parser.node(arena, at, Kind::Pair(Two::new(name, alias))));
            if !self.parser.accept(Tok::Comma) || self.parser.kind() != Tok::Name {
                break;
            }
        }
        if parentheses {
            self.parser.expect(Tok::ParenClose, Message::ExpectedClosing);
        }
        let names = names.finish();
        let parts = names.iter().filter_map(|pair| match *pair.kind() {
            Kind::Pair(pair) => {
                let (name, alias) = pair.split();
                match (*name.kind(), *alias.kind()) {
                    (Kind::Name(name), Kind::Name(alias)) => Some((name, alias)),
                    _ => None,
                }
            }
            _ => None,
        });
        for (name, _) in parts.clone() {
            self.op_written(op::LOAD_CONST_STRING, 1, name);
        }
        self.build(op::BUILD_TUPLE, names.len());
        self.import_name();
        for (name, alias) in parts {
            self.op_written(op::IMPORT_FROM, 1, name);
            self.store(Name::Span(alias));
        }
        self.pop_top()
    }
}
