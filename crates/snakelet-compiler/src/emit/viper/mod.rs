//! Functions with Viper's types: what the values on the stack and in locals are is known while code is made.
//!
//! The rules, and what is said where they are broken, are those of MicroPython's `py/emitnative.c`. What is made is
//! bytecode: native values are ints that are cut to a machine word after each operation that may leave its range, so
//! that an object is made of one without an instruction. Types of the stack are followed from instruction to
//! instruction; the names of types are kept there, too, without a value on the interpreter's stack.

mod operators;

use snakelet_bytecode::opcode::{Count, info};
use snakelet_bytecode::viper::{OPCODE, ViperOp};
use snakelet_bytecode::{BinaryOp, Encoded, UnaryOp, op};

use super::Compiler;
use super::names::{Access, Name as Variable, Place};
use crate::ast::{Ex, Kind, List, param};
use crate::memory::Buf;
use crate::scope::IdKind;
use crate::token::Span;
use crate::{Complaint, Message, Sink};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    /// No value was stored yet.
    Unbound,
    Object,
    /// The object `None`.
    None,
    Bool,
    Int,
    Uint,
    Ptr,
    Ptr8,
    Ptr16,
    Ptr32,
    /// The name of a type, for which nothing lies on the interpreter's stack.
    Cast(Name),
}

/// The types that have names.
const NAMES: [(&[u8], Type); 8] = [
    (b"object", Type::Object),
    (b"bool", Type::Bool),
    (b"int", Type::Int),
    (b"uint", Type::Uint),
    (b"ptr", Type::Ptr),
    (b"ptr8", Type::Ptr8),
    (b"ptr16", Type::Ptr16),
    (b"ptr32", Type::Ptr32),
];

/// The place of a type in [`NAMES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Name(u8);

impl Type {
    fn named(name: &[u8]) -> Option<(Type, Name)> {
        let at = NAMES.iter().position(|(known, _)| *known == name)?;
        NAMES.get(at).map(|(_, found)| (*found, Name(at as u8)))
    }

    fn text(self) -> &'static [u8] {
        NAMES.iter().find(|(_, known)| *known == self).map_or(b"None", |(name, _)| *name)
    }

    fn is_integer(self) -> bool {
        matches!(self, Type::Int | Type::Uint)
    }

    /// What an object is converted by; none where it stays as it is.
    fn conversion(self) -> Option<ViperOp> {
        match self {
            Type::Int => Some(ViperOp::Int),
            Type::Uint => Some(ViperOp::Uint),
            Type::Ptr | Type::Ptr8 | Type::Ptr16 | Type::Ptr32 => Some(ViperOp::Pointer),
            _ => None,
        }
    }
}

/// A value on the stack.
#[derive(Clone, Copy)]
struct Item {
    of: Type,
    /// It is a number that stands in the text.
    literal: bool,
}

/// What is known in a function; nothing if its values are objects.
pub(super) struct Types<'b>(Option<Known<'b>>);

struct Known<'b> {
    stack: Buf<'b, Item>,
    locals: Buf<'b, Type>,
    result: Type,
}

/// The types of parameters and of the result.
pub(super) struct Annotations<'b> {
    parameters: Buf<'b, Type>,
    result: Type,
}

impl<'b> Types<'b> {
    pub(super) fn none() -> Self {
        Types(None)
    }

    fn push(&mut self, of: Type) {
        if let Some(known) = &mut self.0 {
            known.stack.push(Item { of, literal: false });
        }
    }

    /// The type of the value so many below the top.
    fn peek(&self, below: usize) -> Item {
        let found = self
            .0
            .as_ref()
            .and_then(|known| known.stack.get(known.stack.len().checked_sub(below + 1)?).copied());
        found.unwrap_or(Item { of: Type::Object, literal: false })
    }

    fn drop(&mut self, n: usize) {
        if let Some(known) = &mut self.0 {
            let left = known.stack.len().saturating_sub(n);
            known.stack.truncate(left);
        }
    }

    fn replace(&mut self, n: usize, of: Type) {
        self.drop(n);
        self.push(of);
    }

    fn local(&self, local: u16) -> Type {
        let found = self.0.as_ref().and_then(|known| known.locals.get(usize::from(local)));
        found.copied().unwrap_or(Type::Unbound)
    }

    fn set_local(&mut self, local: u16, of: Type) {
        if let Some(known) = &mut self.0 {
            while known.locals.len() <= usize::from(local) && known.locals.reserve(1) {
                known.locals.push(Type::Unbound);
            }
            if let Some(place) = known.locals.get_mut(usize::from(local)) {
                *place = of;
            }
        }
    }
}

impl<'b, S: Sink> Compiler<'_, 'b, '_, S> {
    /// Whether the current function has types, and code is made.
    fn is_typed(&self) -> bool {
        self.fun.types.0.is_some() && self.emitting()
    }

    /// Ends the compilation: the types do not fit.
    #[cold]
    fn complain(&mut self, complaint: Complaint, parts: &[&[u8]]) {
        if self.budget.failed() {
            return;
        }
        let line = self.fun.code.current_line();
        match self.sink.complain(complaint, line, self.fun.name, parts) {
            Some(refusal) => {
                self.refusal = Some(refusal);
                self.budget.overflow();
            }
            None => self.unexpected(Message::InvalidSyntax),
        }
    }

    #[cold]
    fn mismatch(&mut self, parts: &[&[u8]]) {
        self.complain(Complaint::Type, parts)
    }

    #[cold]
    fn missing(&mut self, text: &'static [u8]) {
        self.complain(Complaint::NotImplemented, &[text])
    }

    /// The types that the annotations of a function with this order name.
    pub(super) fn annotations(
        &mut self,
        list: List<'_>,
        result: Ex<'_>,
    ) -> Option<Annotations<'b>> {
        let mut parameters = Buf::new(self.budget);
        for item in list.iter() {
            let Kind::Param(..) = *item.kind() else { continue };
            if matches!(item.tag(), param::STAR | param::DOUBLE_STAR) {
                continue;
            }
            let found = self.parser.annotations.of(item.pos());
            let of = match found {
                Some(span) => self.annotated_type(span, item.pos()),
                None => Type::Object,
            };
            parameters.push(of);
        }
        let result = match *result.kind() {
            Kind::Nothing => Type::Object,
            Kind::Name(span) => self.annotated_type(Some(span), result.pos()),
            _ => self.annotated_type(None, result.pos()),
        };
        Some(Annotations { parameters, result })
    }

    /// The type that an annotation names, which must be a name.
    fn annotated_type(&mut self, name: Option<Span>, pos: u32) -> Type {
        let Some(span) = name else {
            self.error(pos, Message::AnnotationName);
            return Type::Object;
        };
        let text = self.parser.lexer.text(span);
        if let Some((found, _)) = Type::named(text) {
            return found;
        }
        if self.emitting() {
            let line = self.parser.lexer.line(pos);
            let text = self.parser.lexer.text(span);
            let parts = [b"unknown type '", text, b"'"];
            let refusal = self.sink.complain(Complaint::Type, line, self.fun.name, &parts);
            match refusal {
                Some(refusal) => {
                    self.refusal = Some(refusal);
                    self.budget.overflow();
                }
                None => self.error(pos, Message::InvalidSyntax),
            }
        }
        Type::Object
    }

    /// Begins a function with types: converts its arguments.
    pub(super) fn begin_typed(&mut self, annotations: Option<Annotations<'b>>) {
        let Some(Annotations { parameters, result }) = annotations else { return };
        for (local, of) in parameters.iter().enumerate() {
            let local = local as u16;
            let scope = self.fun.scope.and_then(|scope| self.scopes.get(scope));
            let id = scope.and_then(|scope| scope.ids.iter().find(|id| id.local == local));
            let place = match id.map(|id| id.kind) {
                Some(IdKind::Cell) => Place::Deref(local),
                _ => Place::Fast(local),
            };
            if *of == Type::Bool || of.conversion().is_some() {
                self.access_place(place, Access::Load);
                self.convert(*of);
                self.access_place(place, Access::Store);
            }
        }
        self.fun.types =
            Types(Some(Known { stack: Buf::new(self.budget), locals: parameters, result }));
    }

    /// An instruction as it is.
    fn plain(&mut self, by: i32, code: &[u8]) {
        if self.emitting() {
            self.fun.code.emit(by, code);
        }
    }

    fn viper_op(&mut self, op: ViperOp) {
        self.plain(op.height(), &[OPCODE, op as u8])
    }

    /// Makes a native value of an object.
    fn convert(&mut self, to: Type) {
        match to.conversion() {
            Some(op) => self.viper_op(op),
            None if to == Type::Bool => {
                let not = op::UNARY_OP_MULTI + UnaryOp::Not as u8;
                self.plain(0, &[not]);
                self.plain(0, &[not]);
            }
            None => {}
        }
    }

    /// Checks that the top `n` values can be objects.
    fn need_objects(&mut self, n: usize) {
        for below in 0..n {
            let item = self.fun.types.peek(below);
            let is_pointer = item.of.conversion() == Some(ViperOp::Pointer);
            if matches!(item.of, Type::Cast(_)) || is_pointer && item.literal {
                return self.missing(b"conversion to object");
            }
        }
    }

    /// What an instruction takes and leaves, where all of it is objects.
    fn effect(&mut self, code: u8, by: i32) {
        let Some(line) = info(code) else { return };
        let (pops, pushes) = match (line.pops, line.pushes) {
            (Count::Fixed(pops), _) => (i32::from(pops), i32::from(pops) + by),
            (_, Count::Fixed(pushes)) => (i32::from(pushes) - by, i32::from(pushes)),
            _ => (0, by),
        };
        let pops = usize::try_from(pops).unwrap_or(0);
        self.need_objects(pops);
        self.fun.types.drop(pops);
        for _ in 0..pushes {
            self.fun.types.push(Type::Object);
        }
    }

    /// Follows an instruction, or makes others of it; answers whether it is done.
    pub(super) fn typed(&mut self, code: u8, by: i32) -> bool {
        if !self.is_typed() {
            return false;
        }
        const LAST_UNARY: u8 = op::UNARY_OP_MULTI + 3;
        self.check_height();
        match code {
            op::LOAD_CONST_NONE => self.fun.types.push(Type::None),
            op::LOAD_CONST_TRUE | op::LOAD_CONST_FALSE => self.fun.types.push(Type::Bool),
            // an iterator that a loop leaves
            op::POP_TOP if by == 0 => {}
            op::POP_TOP => {
                self.need_no_cast(1);
                self.fun.types.drop(1);
            }
            op::DUP_TOP | op::DUP_TOP_TWO => {
                let n = usize::from(code - op::DUP_TOP) + 1;
                self.need_no_cast(n);
                for _ in 0..n {
                    let item = self.fun.types.peek(n - 1);
                    self.fun.types.push(item.of);
                }
            }
            op::ROT_TWO | op::ROT_THREE => {
                let n = usize::from(code - op::ROT_TWO) + 2;
                self.need_no_cast(n);
                if let Some(known) = &mut self.fun.types.0 {
                    let from = known.stack.len().saturating_sub(n);
                    if let Some(items) = known.stack.get_mut(from..) {
                        items.rotate_right(1);
                    }
                }
            }
            op::LOAD_SUBSCR => return self.typed_load(),
            op::STORE_SUBSCR => return self.typed_store(),
            op::RETURN_VALUE => self.typed_return(),
            op::RAISE_LAST | op::RAISE_FROM => self.missing(b"native raise"),
            op::RAISE_OBJ => {
                if !matches!(self.fun.types.peek(0).of, Type::Object | Type::None) {
                    self.mismatch(&[b"must raise an object"]);
                }
                self.fun.types.drop(1);
            }
            op::YIELD_VALUE | op::YIELD_FROM => self.missing(b"native yield"),
            op::UNARY_OP_MULTI..=LAST_UNARY => return self.typed_unary(code - op::UNARY_OP_MULTI),
            op::BINARY_OP_MULTI.. => return self.typed_binary(code - op::BINARY_OP_MULTI),
            _ => self.effect(code, by),
        }
        false
    }

    /// Checks that what is known lies on the interpreter's stack as well, names of types aside. The code would not be
    /// sound if one of those had got lost.
    fn check_height(&mut self) {
        const MOST: usize = 256;
        let Some(known) = &self.fun.types.0 else { return };
        if known.stack.len() > MOST {
            // the items of a long display: looked at when they have become one value
            return;
        }
        let known = known.stack.iter().filter(|item| !matches!(item.of, Type::Cast(_))).count();
        if i32::try_from(known) != Ok(self.fun.code.height()) {
            self.missing(b"casting");
        }
    }

    fn need_no_cast(&mut self, n: usize) {
        for below in 0..n {
            if matches!(self.fun.types.peek(below).of, Type::Cast(_)) {
                return self.missing(b"casting");
            }
        }
    }

    pub(super) fn typed_int(&mut self) {
        if self.is_typed()
            && let Some(known) = &mut self.fun.types.0
        {
            known.stack.push(Item { of: Type::Int, literal: true });
        }
    }

    pub(super) fn typed_object(&mut self) {
        if self.is_typed() {
            self.fun.types.push(Type::Object);
        }
    }

    pub(super) fn typed_jump(&mut self, code: u8, by: i32) {
        if !self.is_typed() {
            return;
        }
        match code {
            op::POP_JUMP_IF_TRUE
            | op::POP_JUMP_IF_FALSE
            | op::JUMP_IF_TRUE_OR_POP
            | op::JUMP_IF_FALSE_OR_POP => {
                let of = self.fun.types.peek(0).of;
                if !matches!(of, Type::Object | Type::None | Type::Bool | Type::Int | Type::Uint) {
                    self.mismatch(&[b"can't implicitly convert '", of.text(), b"' to 'bool'"]);
                }
                self.fun.types.drop(1);
            }
            _ => self.effect(code, by),
        }
    }

    /// Values that come or go where code is jumped to.
    pub(super) fn typed_adjust(&mut self, by: i32) {
        if !self.is_typed() {
            return;
        }
        let dropped = usize::try_from(-by).unwrap_or(0);
        self.need_no_cast(dropped);
        self.fun.types.drop(dropped);
        for _ in 0..by {
            self.fun.types.push(Type::Object);
        }
    }

    /// The type of the value on top, which [`Compiler::join`] takes.
    pub(super) fn top(&self) -> Top {
        Top(self.fun.types.peek(0).of)
    }

    /// Code that leaves a value comes together with other code that does: of what type both are.
    pub(super) fn join(&mut self, other: Top) {
        if !self.is_typed() {
            return;
        }
        let own = self.fun.types.peek(0).of;
        self.need_no_cast(1);
        if matches!(other.0, Type::Cast(_)) {
            self.missing(b"casting");
        }
        let both = if own == other.0 { own } else { Type::Object };
        self.fun.types.replace(1, both);
    }

    /// Replaces what is known of the top.
    pub(super) fn set_top(&mut self, top: Top) {
        if self.is_typed() {
            self.fun.types.replace(1, top.0);
        }
    }

    /// Whether a global that is loaded is the name of a type, which is kept here then.
    pub(super) fn typed_cast(&mut self, name: Variable, place: Place) -> bool {
        if !self.is_typed() || !matches!(place, Place::Global(_)) {
            return false;
        }
        let Variable::Span(span) = name else { return false };
        let found = Type::named(self.parser.lexer.text(span));
        if let Some((_, name)) = found {
            self.fun.types.push(Type::Cast(name));
        }
        found.is_some()
    }

    /// The name of a local.
    fn local_name(&self, local: u16) -> Buf<'b, u8> {
        let scope = self.fun.scope.and_then(|scope| self.scopes.get(scope));
        let id = scope.and_then(|scope| {
            scope.ids.iter().find(|id| id.kind == IdKind::Local && id.local == local)
        });
        let mut text = Buf::new(self.budget);
        text.extend(id.map_or(&[], |id| self.scopes.text(id.name)));
        text
    }

    /// A name that is loaded, stored or deleted.
    pub(super) fn typed_name(&mut self, place: Place, access: Access) {
        if !self.is_typed() {
            return;
        }
        match (place, access) {
            (Place::Fast(local), Access::Load) => {
                let of = self.fun.types.local(local);
                if of == Type::Unbound {
                    let text = self.local_name(local);
                    self.mismatch(&[b"local '", &text, b"' used before type known"]);
                }
                self.fun.types.push(of);
            }
            (Place::Fast(local), Access::Store) => self.typed_store_local(local),
            (_, Access::Load) => self.fun.types.push(Type::Object),
            (_, Access::Store) => {
                self.need_objects(1);
                self.fun.types.drop(1);
            }
            (_, Access::Delete) => {}
        }
    }

    fn typed_store_local(&mut self, local: u16) {
        self.need_no_cast(1);
        let of = self.fun.types.peek(0).of;
        let known = self.fun.types.local(local);
        match (known, of) {
            // `None` is an object, too
            (Type::Unbound, Type::None) => self.fun.types.set_local(local, Type::Object),
            (Type::Unbound, _) => self.fun.types.set_local(local, of),
            (Type::Object, Type::None) => {}
            _ if known == of => {}
            _ => {
                let text = self.local_name(local);
                let (known, of) = (known.text(), of.text());
                self.mismatch(&[
                    b"local '",
                    &text,
                    b"' has type '",
                    known,
                    b"' but source is '",
                    of,
                    b"'",
                ]);
            }
        }
        self.fun.types.drop(1);
    }

    /// A call, which may be a conversion; answers whether it is done.
    pub(super) fn typed_call(&mut self, code: u8, by: i32, positional: u32, others: u32) -> bool {
        if !self.is_typed() {
            return false;
        }
        let function = self.fun.types.peek((positional + others) as usize).of;
        let Type::Cast(Name(number)) = function else {
            let taken = i32::try_from(positional + others).unwrap_or(0);
            self.effect(code, by - taken);
            return false;
        };
        let Some(&(_, to)) = NAMES.get(usize::from(number)) else { return false };
        if code != op::CALL_FUNCTION || positional != 1 || others != 0 {
            self.missing(b"casting");
            return true;
        }
        let from = self.fun.types.peek(0);
        self.fun.types.drop(2);
        match from.of {
            Type::Cast(_) => self.missing(b"casting"),
            Type::None if to != Type::Object => self.native_none(to),
            _ if from.of == to => {}
            // addresses are numbers already
            _ if to.conversion() == Some(ViperOp::Pointer) && from.of != Type::Object => {
                self.viper_op(ViperOp::Uint);
            }
            _ => self.convert(to),
        }
        if let Some(known) = &mut self.fun.types.0 {
            known.stack.push(Item { of: to, literal: from.literal });
        }
        true
    }

    /// Puts what `None` is as a native value in its place.
    fn native_none(&mut self, of: Type) {
        self.plain(-1, &[op::POP_TOP]);
        if of == Type::Bool {
            self.plain(1, &[op::LOAD_CONST_FALSE]);
        } else {
            self.plain(1, &Encoded::load_small_int(0));
        }
    }

    fn typed_return(&mut self) {
        self.need_no_cast(1);
        let of = self.fun.types.peek(0).of;
        let result = self.fun.types.0.as_ref().map_or(Type::Object, |known| known.result);
        if of == Type::None && result != Type::Object {
            self.native_none(result);
        } else if of != Type::None && of != result {
            self.mismatch(&[b"return expected '", result.text(), b"' but got '", of.text(), b"'"]);
        }
        self.fun.types.drop(1);
    }
}

/// The type of the value on top of the stack.
#[derive(Clone, Copy)]
pub(super) struct Top(Type);
