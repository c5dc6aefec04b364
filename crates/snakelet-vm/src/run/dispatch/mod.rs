//! The instructions: one loop over the bytes of a function, with the frame in machine registers.
//!
//! What programs spend their time in is done here, or by what is compiled into it: `short`, `iterate`
//! and `call`. The other instructions are functions, in `rare`: each would need machine registers
//! of its own, of which there are few, and the loop would have to save the frame's.

#![allow(unsafe_code)] // rules 1 to 3 of the interpreter loop

mod call;
mod control;
mod iterate;
mod make;
mod names;
mod opcodes;
mod rare;
mod short;

use snakelet_bytecode::opcode::{UnaryOp, op};

use crate::Res;
use crate::object::Kind;
use crate::object::value::{Value, Word, raw};
use crate::types::float::floor_divmod;
use crate::vm::cache::Found;
use crate::vm::frame;

use super::generate::Suspended;
use super::items::{
    inline_iter, inline_iterator, items_to_unpack, quick_append, quick_store_subscr, quick_subscr,
};
use super::numbers::{
    both_boxed, floor_div, floor_mod, order, order_of_floats, shift_left, shift_right, true_div,
};
use super::registers::{Regs, apart, settled};
use super::words::{add_attribute, method_key, no_such_opcode, slot_of, word_of};
use super::{Run, slow};

use opcodes::{load_fast, rare, seldom, small_int, store_fast};

pub(super) use opcodes::operator;
use operator as o;

impl Run<'_, '_> {
    /// Executes instructions until the entry frame returns or something is raised. The result is
    /// `Local::SINK` if something was raised in a frame that is not there any more.
    // in a section of its own: what is alike in several functions is taken out of those in common
    // sections to be called, when size is asked for
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    #[expect(
        clippy::manual_range_patterns,
        reason = "single bytes make one jump table; ranges are compared one by one before it"
    )]
    #[inline]
    pub(super) fn dispatch(&mut self, regs: &Regs) -> Res {
        // a copy whose address is not known, so that it is kept in machine registers
        let mut r = *regs;

        // runs safe code that gives a local; replaces the top `n` words by its value
        macro_rules! slow {
            ($n:expr, $call:expr) => {{
                self.sync(&r);
                let result = $call?;
                let word = self.word(result);
                r.replace($n, word);
            }};
        }
        // the words `$a` and `$b` of two ints give `$word`, if that can be had without a call
        macro_rules! ints {
            ($slow:lifetime, |$a:ident, $b:ident| $word:expr) => {{
                let ($a, $b) = (r.top(2), r.top(1));
                match if raw::both_int($a, $b) { $word } else { None } {
                    Some(word) => r.replace(2, word),
                    None => break $slow,
                }
            }};
        }
        // the same, and two floats `$x` and `$y` in their words give `$float`; of other numbers, it is `$other`
        macro_rules! numbers {
            (
                $slow:lifetime, |$a:ident, $b:ident| $word:expr, |$x:ident, $y:ident| $float:expr,
                else $other:expr
            ) => {{
                let ($a, $b) = (r.top(2), r.top(1));
                let word = if raw::both_int($a, $b)
                    && let Some(word) = $word
                {
                    Some(word)
                } else if raw::is_tagged_float($a)
                    && raw::is_tagged_float($b)
                    && let ($x, $y) = (raw::tagged_float($a), raw::tagged_float($b))
                    && let Some(word) = raw::float_word($float)
                {
                    Some(word)
                } else {
                    $other
                };
                match word {
                    Some(word) => r.replace(2, word),
                    None => break $slow,
                }
            }};
            (
                $slow:lifetime, $opcode:expr,
                |$a:ident, $b:ident| $word:expr, |$x:ident, $y:ident| $float:expr
            ) => {
                numbers!(
                    $slow, |$a, $b| $word, |$x, $y| $float,
                    else self.float_op($opcode, $a, $b)
                )
            };
        }
        // the same for an operator that is frequent enough to take boxed floats in the loop
        macro_rules! arithmetic {
            (
                $slow:lifetime, $opcode:expr,
                |$a:ident, $b:ident| $word:expr, |$x:ident, $y:ident| $float:expr
            ) => {
                numbers!(
                    $slow, |$a, $b| $word, |$x, $y| $float,
                    else match both_boxed($a, $b) {
                        Some(($x, $y)) => self.boxed($float),
                        None => self.float_op($opcode, $a, $b),
                    }
                )
            };
        }
        // `$outcomes`: those of an order for which the comparison holds
        macro_rules! compare {
            ($truth:lifetime, $slow:lifetime, $op:tt, $outcomes:expr) => {{
                let (a, b) = (r.top(2), r.top(1));
                let truth = if raw::both_int(a, b) {
                    (a as isize) $op (b as isize)
                } else if raw::is_tagged_float(a) && raw::is_tagged_float(b) {
                    raw::tagged_float(a) $op raw::tagged_float(b)
                } else if let Some(order) = order_of_floats(a, b) {
                    order.get() & $outcomes != 0
                } else {
                    break $slow;
                };
                r.drop(2);
                break $truth truth;
            }};
        }

        // What several instructions have in common stands behind a block that they leave with `break`, so that the code
        // is there once; all others go on with the next instruction. A value that says how an instruction ends would
        // lie in a machine register meanwhile.
        'next: loop {
            let opcode = r.byte();
            // what functions get: a byte would be extended twice, for them and for the jump table
            let number = u32::from(opcode);
            r.ip = settled(r.ip);
            let (ret, first, positional) = 'call: {
                let condition = 'jump: {
                    let truth = 'truth: {
                        let n = 'small: {
                            'slow: {
                                match opcode {
                                    op::LOAD_CONST_FALSE => r.push(raw::FALSE),
                                    op::LOAD_CONST_NONE => r.push(raw::NONE),
                                    op::LOAD_CONST_TRUE => r.push(raw::TRUE),
                                    op::LOAD_NULL => r.push(raw::NULL),
                                    small_int!() => {
                                        break 'small number as isize
                                            - op::LOAD_CONST_SMALL_INT_MULTI as isize
                                            - 16;
                                    }
                                    op::LOAD_CONST_SMALL_INT => match r.short_int() {
                                        Some(word) => r.push(word),
                                        None => {
                                            let n = r.int();
                                            slow!(0, self.vm.new_int_64(n));
                                        }
                                    },
                                    op::LOAD_CONST_STRING => {
                                        let name = r.name();
                                        r.push(name);
                                    }
                                    op::LOAD_CONST_OBJ => {
                                        let constant = r.constant();
                                        r.push(constant);
                                    }
                                    load_fast!() => {
                                        let word = r.local(number as usize & 15);
                                        if word == raw::NULL {
                                            self.sync(&r);
                                            return Err(slow::unbound(self.vm));
                                        }
                                        r.push(word);
                                        // an operand follows most often
                                        let operand = r.peek_from(op::LOAD_CONST_SMALL_INT_MULTI);
                                        if operand < 0x40 {
                                            r.skip(1);
                                            break 'small operand as isize - 16;
                                        } else if operand < 0x50 {
                                            // the lower half of the opcode: a difference would make a large constant of the address
                                            let word = r.local(r.peek() as usize & 15);
                                            if word != raw::NULL {
                                                r.skip(1);
                                                r.push(word);
                                            }
                                        }
                                    }
                                    op::LOAD_FAST_N => {
                                        let n = r.uint();
                                        let word = r.local(n);
                                        if word == raw::NULL {
                                            self.sync(&r);
                                            return Err(slow::unbound(self.vm));
                                        }
                                        r.push(word);
                                    }
                                    op::LOAD_DEREF => {
                                        let n = r.uint();
                                        // SAFETY: the verifier takes this instruction only with a local of the prelude's list of cells, or one that a
                                        // closure fills with a cell; the first field is a value or null.
                                        let word = unsafe { *word_of(r.local(n), 1) };
                                        if word == raw::NULL {
                                            self.sync(&r);
                                            return Err(slow::unbound_cell(self.vm));
                                        }
                                        r.push(word);
                                    }
                                    store_fast!() => {
                                        let word = r.pop();
                                        r.set_local(number as usize & 15, word);
                                        r.next_local();
                                    }
                                    op::STORE_FAST_N => {
                                        let n = r.uint();
                                        let word = r.pop();
                                        r.set_local(n, word);
                                    }
                                    op::STORE_DEREF => {
                                        let n = r.uint();
                                        let word = r.pop();
                                        // SAFETY: the verifier takes this instruction only with a local of the prelude's list of cells, or one that a
                                        // closure fills with a cell; the word was a live value on the stack, and nothing was allocated since.
                                        unsafe {
                                            slot_of(r.local(n), 1).set(Value::from_word(word))
                                        };
                                    }
                                    op::LOAD_GLOBAL => {
                                        let name = r.name();
                                        if let Some(e) = self.vm.rt.caches.global(r.globals(), name)
                                        {
                                            r.push(if e.slot.is_null() {
                                                e.value
                                            } else {
                                                // SAFETY: the cache is emptied when a table moves, changes or dies.
                                                unsafe { (*e.slot).word() }
                                            });
                                            r.next_local();
                                        } else {
                                            slow!(0, slow::load_global(self.vm, name));
                                        }
                                    }
                                    op::STORE_GLOBAL => {
                                        let name = r.name();
                                        if let Some(e) = self.vm.rt.caches.global(r.globals(), name)
                                            && !e.slot.is_null()
                                        {
                                            let word = r.pop();
                                            // SAFETY: the cache is emptied when a table moves, changes or dies; the word was a live
                                            // value on the stack, and nothing was allocated since.
                                            unsafe { (*e.slot).set(Value::from_word(word)) };
                                        } else {
                                            self.sync(&r);
                                            slow::store_global(self.vm, name, self.local(&r, 1))?;
                                            r.drop(1);
                                        }
                                    }
                                    op::LOAD_ATTR => {
                                        let name = r.name();
                                        let object = r.top(1);
                                        if raw::has_kind(object, Kind::Instance) {
                                            // SAFETY: an instance's first slot is its shape.
                                            let shape = unsafe { *word_of(object, 1) };
                                            if let Some(e) = self.vm.rt.caches.attr(shape, name) {
                                                if e.found == Found::Slot {
                                                    // SAFETY: a shape's attribute numbers lie inside its instances.
                                                    r.set_top(1, unsafe {
                                                        *word_of(object, 2 + e.what)
                                                    });
                                                    continue 'next;
                                                }
                                                if e.found == Found::Value {
                                                    r.set_top(1, e.what);
                                                    continue 'next;
                                                }
                                            }
                                        } else if let Some(e) = self.vm.rt.caches.attr(object, name)
                                            && e.found == Found::Value
                                        {
                                            // a module or class, which is its own key
                                            r.set_top(1, e.what);
                                            continue 'next;
                                        }
                                        slow!(1, slow::load_attr(self.vm, self.local(&r, 1), name));
                                    }
                                    op::LOAD_METHOD => {
                                        let name = r.name();
                                        let object = r.top(1);
                                        let key = method_key(self.vm, object);
                                        if let Some(e) = self.vm.rt.caches.attr(key, name) {
                                            if e.found == Found::Method {
                                                r.set_top(1, e.what);
                                                r.push(object);
                                                continue 'next;
                                            }
                                            if e.found == Found::Value {
                                                r.set_top(1, e.what);
                                                r.push(raw::NULL);
                                                continue 'next;
                                            }
                                        }
                                        self.sync(&r);
                                        slow::load_method(self.vm, self.local(&r, 1), name)?;
                                        // the function is where the object was, the receiver behind it
                                        r.sp = r.sp.wrapping_add(1);
                                    }
                                    op::STORE_ATTR => {
                                        let name = r.name();
                                        let object = r.top(1);
                                        let value = r.top(2);
                                        if raw::has_kind(object, Kind::Instance)
                                            && value != raw::NULL
                                        {
                                            // SAFETY: an instance's first slot is its shape.
                                            let shape = unsafe { *word_of(object, 1) };
                                            if let Some(e) = self.vm.rt.caches.attr(shape, name) {
                                                if e.found == Found::Slot {
                                                    // SAFETY: a shape's attribute numbers lie inside its instances; the
                                                    // value is on the stack.
                                                    unsafe {
                                                        slot_of(object, 2 + e.what)
                                                            .set(Value::from_word(value));
                                                    }
                                                    r.drop(2);
                                                    continue 'next;
                                                }
                                                if e.found == Found::Add
                                                    && add_attribute(object, e.what, value)
                                                {
                                                    r.drop(2);
                                                    continue 'next;
                                                }
                                            }
                                        }
                                        self.sync(&r);
                                        slow::store_attr(
                                            self.vm,
                                            self.local(&r, 1),
                                            name,
                                            self.local(&r, 2),
                                        )?;
                                        r.drop(2);
                                    }
                                    op::LOAD_SUBSCR => {
                                        let (object, index) = (r.top(2), r.top(1));
                                        if let Some(word) = quick_subscr(object, index) {
                                            r.replace(2, word);
                                        } else if raw::has_kind(object, Kind::Dict)
                                            && let Some(word) =
                                                slow::dict_item(self.vm, object, index)
                                        {
                                            r.replace(2, word);
                                        } else {
                                            slow!(
                                                2,
                                                slow::subscr(
                                                    self.vm,
                                                    self.local(&r, 2),
                                                    self.local(&r, 1)
                                                )
                                            );
                                        }
                                    }
                                    op::STORE_SUBSCR => {
                                        let (value, object, index) = (r.top(3), r.top(2), r.top(1));
                                        if value == raw::NULL
                                            || !(quick_store_subscr(object, index, value).is_some()
                                                || (raw::has_kind(object, Kind::Dict)
                                                    && slow::set_dict_item(
                                                        self.vm, object, index, value,
                                                    )))
                                        {
                                            self.sync(&r);
                                            let (object, index) =
                                                (self.local(&r, 2), self.local(&r, 1));
                                            slow::store_subscr(
                                                self.vm,
                                                object,
                                                index,
                                                self.local(&r, 3),
                                            )?;
                                        }
                                        r.drop(3);
                                    }
                                    // the next item of a list comprehension
                                    op::STORE_COMP
                                        if r.peek() & 0x83 == 0
                                            && quick_append(
                                                r.top((r.peek() >> 2) as usize + 1),
                                                r.top(1),
                                            ) =>
                                    {
                                        r.skip(1);
                                        r.drop(1);
                                    }
                                    op::DUP_TOP => {
                                        let word = r.top(1);
                                        r.push(word);
                                    }
                                    op::DUP_TOP_TWO => {
                                        let (a, b) = (r.top(2), r.top(1));
                                        r.push(a);
                                        r.push(b);
                                    }
                                    op::POP_TOP => r.drop(1),
                                    op::ROT_TWO => {
                                        let (a, b) = (apart(r.top(2)), apart(r.top(1)));
                                        r.set_top(2, b);
                                        r.set_top(1, a);
                                    }
                                    op::ROT_THREE => {
                                        let (a, b, c) =
                                            (apart(r.top(3)), apart(r.top(2)), apart(r.top(1)));
                                        r.set_top(3, c);
                                        r.set_top(2, a);
                                        r.set_top(1, b);
                                    }
                                    op::JUMP => {
                                        break 'jump true;
                                    }
                                    op::POP_JUMP_IF_TRUE => {
                                        let truth = self.truth(&r)?;
                                        r.drop(1);
                                        break 'jump truth;
                                    }
                                    op::POP_JUMP_IF_FALSE => {
                                        let truth = self.truth(&r)?;
                                        r.drop(1);
                                        break 'jump !truth;
                                    }
                                    op::JUMP_IF_TRUE_OR_POP => {
                                        let truth = self.truth(&r)?;
                                        r.jump_or_drop(truth);
                                    }
                                    op::JUMP_IF_FALSE_OR_POP => {
                                        let truth = self.truth(&r)?;
                                        r.jump_or_drop(!truth);
                                    }
                                    op::GET_ITER_STACK => {
                                        let object = r.top(1);
                                        if let Some((tag, a, b, c)) = inline_iterator(object) {
                                            r.set_top(1, tag);
                                            r.push(a);
                                            r.push(b);
                                            r.push(c);
                                        } else {
                                            self.sync(&r);
                                            let iterator = self.vm.get_iter(self.local(&r, 1))?;
                                            let word = self.word(iterator);
                                            r.set_top(1, inline_iter::OBJECT);
                                            r.push(word);
                                            r.push(raw::NULL);
                                            r.push(raw::NULL);
                                        }
                                    }
                                    op::FOR_ITER => self.for_iter(&mut r)?,
                                    op::BUILD_TUPLE => {
                                        let n = r.uint();
                                        slow!(n, self.vm.new_tuple(self.local(&r, n), n));
                                    }
                                    op::BUILD_LIST => {
                                        let n = r.uint();
                                        slow!(n, self.vm.new_list(self.local(&r, n), n));
                                    }
                                    op::BUILD_SLICE => {
                                        self.sync(&r);
                                        self.build_slice()?;
                                        r = self.saved();
                                    }
                                    op::UNPACK_SEQUENCE => {
                                        let n = r.uint();
                                        if let Some(items) = items_to_unpack(r.top(1), n) {
                                            r.drop(1);
                                            let mut i = n;
                                            while i > 0 {
                                                i -= 1;
                                                // SAFETY: there are `n` items.
                                                r.push(unsafe { *items.add(i) });
                                            }
                                            continue 'next;
                                        }
                                        self.sync(&r);
                                        slow::unpack(self.vm, self.local(&r, 1), n)?;
                                        r.sp = self.vm.rt.stack.top_slot();
                                    }
                                    op::CALL_FUNCTION if r.peek() < 0x80 => {
                                        let positional = r.byte() as usize;
                                        let first = r.sp.wrapping_sub(positional);
                                        break 'call (first.wrapping_sub(1), first, positional);
                                    }
                                    op::CALL_METHOD if r.peek() < 0x80 => {
                                        let positional = r.byte() as usize;
                                        let ret = r.sp.wrapping_sub(positional + 2);
                                        // SAFETY: the verifier has counted the method and the word behind it, a receiver or null, as words
                                        // of this frame; words below `sp` are live values.
                                        let receiver =
                                            usize::from(unsafe { *ret.add(1) } != raw::NULL);
                                        let first = ret.wrapping_add(2 - receiver);
                                        break 'call (ret, first, positional + receiver);
                                    }
                                    op::CALL_FUNCTION | op::CALL_METHOD => {
                                        self.sync(&r);
                                        self.call_with_keywords(opcode)?;
                                        r = self.saved();
                                    }
                                    op::RETURN_VALUE => {
                                        if let Some(result) = self.return_value(&mut r) {
                                            return Ok(result);
                                        }
                                    }
                                    op::YIELD_VALUE => {
                                        // SAFETY: `frame` points at the record of the running frame on the VM stack, which never moves, and
                                        // the record is there until the frame is popped.
                                        if unsafe { (*r.frame).flags }
                                            == frame::GENERATOR | frame::FOR
                                        {
                                            // SAFETY: the registers of a frame that FOR_ITER resumed.
                                            r = unsafe {
                                                self.quick_yield(r.frame, r.ip, r.locals, r.sp)
                                            };
                                        } else {
                                            match self.suspend(r.frame, r.ip, r.locals, r.sp) {
                                                Suspended::Native(result) => return Ok(result),
                                                Suspended::Below => r = self.load(),
                                                // the value sent is where the one yielded was
                                                Suspended::Fed => {}
                                            }
                                        }
                                    }
                                    o::NEGATIVE => {
                                        let word = r.top(1);
                                        let negated = if raw::is_int(word) {
                                            (2 * raw::INT_TAG as isize)
                                                .checked_sub(word as isize)
                                                .map(|w| w as Word)
                                        } else {
                                            None
                                        };
                                        match negated {
                                            Some(word) => r.set_top(1, word),
                                            None => {
                                                slow!(
                                                    1,
                                                    slow::unary(
                                                        self.vm,
                                                        UnaryOp::Negative,
                                                        self.local(&r, 1)
                                                    )
                                                );
                                            }
                                        }
                                    }
                                    o::NOT => {
                                        let truth = self.truth(&r)?;
                                        r.set_top(1, raw::bool(!truth));
                                    }
                                    o::LESS => compare!('truth, 'slow, <, order::LESS),
                                    o::MORE => compare!('truth, 'slow, >, order::MORE),
                                    o::LESS_EQUAL => {
                                        compare!('truth, 'slow, <=, order::LESS | order::EQUAL)
                                    }
                                    o::MORE_EQUAL => {
                                        compare!('truth, 'slow, >=, order::MORE | order::EQUAL)
                                    }
                                    o::EQUAL => {
                                        let (a, b) = (r.top(2), r.top(1));
                                        if raw::is_qstr(a) && raw::is_qstr(b) {
                                            r.drop(2);
                                            break 'truth a == b;
                                        } else {
                                            compare!('truth, 'slow, ==, order::EQUAL);
                                        }
                                    }
                                    o::NOT_EQUAL => {
                                        let (a, b) = (r.top(2), r.top(1));
                                        if raw::is_qstr(a) && raw::is_qstr(b) {
                                            r.drop(2);
                                            break 'truth a != b;
                                        } else {
                                            compare!('truth, 'slow, !=, !order::EQUAL);
                                        }
                                    }
                                    o::IN => {
                                        self.sync(&r);
                                        let found = self
                                            .vm
                                            .contains(self.local(&r, 1), self.local(&r, 2))?;
                                        r.drop(2);
                                        break 'truth found;
                                    }
                                    o::IS => {
                                        let (a, b) = (r.top(2), r.top(1));
                                        r.drop(2);
                                        break 'truth a == b;
                                    }
                                    o::INPLACE_OR | o::OR => ints!('slow, |a, b| Some(a | b)),
                                    o::INPLACE_XOR | o::XOR => {
                                        ints!('slow, |a, b| Some(a ^ b | raw::INT_TAG))
                                    }
                                    o::INPLACE_AND | o::AND => ints!('slow, |a, b| Some(a & b)),
                                    o::INPLACE_LSHIFT | o::LSHIFT => {
                                        ints!('slow, |a, b| shift_left(raw::to_int(a), raw::to_int(b)));
                                    }
                                    o::INPLACE_RSHIFT | o::RSHIFT => {
                                        ints!('slow, |a, b| shift_right(raw::to_int(a), raw::to_int(b)));
                                    }
                                    o::INPLACE_ADD | o::ADD => arithmetic!(
                                        'slow, number,
                                        |a, b| (a as isize).checked_add((b - raw::INT_TAG) as isize).map(|w| w as Word),
                                        |x, y| x + y
                                    ),
                                    o::INPLACE_SUBTRACT | o::SUBTRACT => arithmetic!(
                                        'slow, number,
                                        |a, b| (a as isize).checked_sub((b - raw::INT_TAG) as isize).map(|w| w as Word),
                                        |x, y| x - y
                                    ),
                                    o::INPLACE_MULTIPLY | o::MULTIPLY => arithmetic!(
                                        'slow, number,
                                        |a, b| ((a - raw::INT_TAG) as isize)
                                            .checked_mul(raw::to_int(b))
                                            .map(|w| w as Word | raw::INT_TAG),
                                        |x, y| x * y
                                    ),
                                    o::INPLACE_FLOOR_DIVIDE | o::FLOOR_DIVIDE => {
                                        numbers!('slow, number, |a, b| floor_div(raw::to_int(a), raw::to_int(b)), |x, y| if y
                                            == 0.0
                                        {
                                            f64::NAN
                                        } else {
                                            floor_divmod(x, y).0
                                        })
                                    }
                                    o::INPLACE_TRUE_DIVIDE | o::TRUE_DIVIDE => numbers!(
                                        'slow, number,
                                        |a, b| if raw::FLOATS_ARE_BOXED {
                                            None
                                        } else {
                                            true_div(raw::to_int(a), raw::to_int(b))
                                        },
                                        |x, y| x / y
                                    ),
                                    o::INPLACE_MODULO | o::MODULO => {
                                        ints!('slow, |a, b| floor_mod(raw::to_int(a), raw::to_int(b)));
                                    }
                                    rare!() => {
                                        self.sync(&r);
                                        if let Some(result) = self.rare(number)? {
                                            return Ok(result);
                                        }
                                        r = self.saved();
                                    }
                                    // the first and the last byte: a table of all bytes needs no check, and no subtraction
                                    0x00 | 0xff => {
                                        self.sync(&r);
                                        return Err(slow::no_such_opcode(self.vm));
                                    }
                                    // SAFETY: all opcodes that exist have an arm, and verified code (or our compiler's) holds no other byte
                                    // where an instruction begins.
                                    _ => unsafe { no_such_opcode() },
                                }
                                continue 'next;
                            }
                            // a binary operator whose result cannot be had without a call
                            self.operate(&mut r, number)?;
                            continue 'next;
                        };
                        match self.small_int(&mut r, n) {
                            Some(truth) => truth,
                            None => continue 'next,
                        }
                    };
                    // the outcome of a comparison: most often a conditional jump follows
                    match r.peek() {
                        op::POP_JUMP_IF_FALSE => {
                            r.skip(1);
                            !truth
                        }
                        op::POP_JUMP_IF_TRUE => {
                            r.skip(1);
                            truth
                        }
                        _ => {
                            r.push(raw::bool(truth));
                            continue 'next;
                        }
                    }
                };
                let offset = r.jump_offset();
                if condition {
                    self.jump(&mut r, offset)?;
                }
                continue 'next;
            };
            self.call(&mut r, ret, first, positional)?;
        }
    }
}
