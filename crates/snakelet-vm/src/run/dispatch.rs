//! The instructions: one loop over the bytes of a function, with the frame in machine registers.

#![allow(unsafe_code)] // rules 1 to 3 of the interpreter loop

use snakelet_bytecode::opcode::{BinaryOp, op};

use crate::object::value::{Value, Word, raw};
use crate::object::{Context, Kind, ListObj, TupleObj};
use crate::protocol::call::Call;
use crate::types::float::floor_divmod;
use crate::types::iter;
use crate::vm::cache::Found;
use crate::vm::frame;
use crate::vm::stack::Local;
use crate::{Raised, Res};

use super::generate::{Delegated, Suspended};
use super::items::{
    deferred_iterator, inline_iter, inline_iterator, is_deferred, items_to_unpack, quick_next,
    quick_pair, quick_store_subscr, quick_subscr,
};
use super::numbers::{
    binary_of, floor_div, floor_mod, order, order_of_floats, shift_left, shift_right, true_div,
};
use super::resume::{Begun, Place};
use super::words::{
    add_attribute, byte_at, kind_of, method_key, names_of, no_such_opcode, object, slot_of, word_of,
};
use super::{Regs, Run, resume, slow};
use crate::run::slices;

/// Keeps the compiler from computing later addresses from what the pointer was before: both would
/// occupy machine registers, of which ARM has few, and be copied at each instruction.
#[inline(always)]
#[allow(clippy::pointers_in_nomem_asm_block, reason = "the address is passed on, not used")]
fn settled<T>(pointer: *const T) -> *const T {
    #[cfg(any(target_arch = "arm", target_arch = "aarch64", target_arch = "x86_64"))]
    {
        let mut pointer = pointer;
        // SAFETY: it holds no instruction and changes nothing.
        unsafe {
            core::arch::asm!(
                "/* {0} */", inout(reg) pointer, options(pure, nomem, nostack, preserves_flags)
            );
        }
        pointer
    }
    #[cfg(not(any(target_arch = "arm", target_arch = "aarch64", target_arch = "x86_64")))]
    pointer
}

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
    pub(super) fn dispatch(&mut self, regs: &mut Regs) -> Res {
        let mut ip = regs.ip;
        let mut sp = regs.sp;
        let mut locals = regs.locals;
        let mut names = regs.names;
        let mut fp = regs.frame;

        macro_rules! push {
            ($word:expr) => {{
                let word: Word = $word;
                // SAFETY: rules 1 and 2 of the module.
                unsafe {
                    *sp = word;
                    sp = sp.add(1);
                }
            }};
        }
        macro_rules! pop {
            () => {
                // SAFETY: rules 1 and 2 of the module.
                unsafe {
                    sp = sp.sub(1);
                    *sp
                }
            };
        }
        macro_rules! top {
            ($n:expr) => {
                // SAFETY: rules 1 and 2 of the module.
                unsafe { *sp.sub($n) }
            };
        }
        macro_rules! set_top {
            ($n:expr, $word:expr) => {{
                let word: Word = $word;
                // SAFETY: rules 1 and 2 of the module.
                unsafe { *sp.sub($n) = word }
            }};
        }
        macro_rules! drop {
            ($n:expr) => {
                // SAFETY: rules 1 and 2 of the module.
                unsafe { sp = sp.sub($n) }
            };
        }
        macro_rules! byte {
            () => {
                // SAFETY: rules 1 and 2 of the module.
                unsafe {
                    let b = *ip;
                    ip = ip.add(1);
                    b
                }
            };
        }
        macro_rules! uint {
            () => {{
                let mut b = byte!();
                let mut n = (b & 0x7f) as usize;
                while b & 0x80 != 0 {
                    b = byte!();
                    n = n << 7 | (b & 0x7f) as usize;
                }
                n
            }};
        }
        macro_rules! jump_offset {
            () => {{
                let b = byte!();
                if b & 0x80 == 0 {
                    b as isize - 0x40
                } else {
                    ((b & 0x7f) as isize | (byte!() as isize) << 7) - 0x4000
                }
            }};
        }
        macro_rules! forward_offset {
            () => {{
                let b = byte!();
                if b & 0x80 == 0 {
                    b as isize
                } else {
                    (b & 0x7f) as isize | (byte!() as isize) << 7
                }
            }};
        }
        macro_rules! name {
            () => {{
                let n = uint!();
                // SAFETY: rules 1 and 2 of the module.
                unsafe { *names.add(n + 2) }
            }};
        }
        macro_rules! index_of {
            ($ptr:expr) => {
                self.vm.rt.stack.index($ptr)
            };
        }
        // stores what the collector and the unwinder must know
        macro_rules! sync {
            () => {
                // SAFETY: rules 1 and 2 of the module.
                unsafe {
                    (*fp).ip = ip;
                    self.vm.rt.stack.set_top_slot(sp);
                }
            };
        }
        // the local of the n-th word from the top
        macro_rules! local {
            ($n:expr) => {
                Local::at(index_of!(sp) - $n)
            };
        }
        macro_rules! reload {
            () => {{
                let r = self.load();
                ip = r.ip;
                sp = r.sp;
                locals = r.locals;
                names = r.names;
                fp = r.frame;
            }};
        }
        // runs safe code that gives a local; replaces the top `n` words by its value
        macro_rules! slow {
            ($n:expr, $call:expr) => {{
                sync!();
                let result = $call?;
                let word = self.vm.rt.stack.read(result.index());
                drop!($n);
                push!(word);
            }};
        }
        // a step that may be the last one for now: all of the frame's state is in place, so that
        // an exception can be raised here, or the loop be left and entered again
        macro_rules! tick {
            () => {{
                let ticks = self.vm.rt.ticks.get() - 1;
                self.vm.rt.ticks.set(ticks);
                if ticks == 0 {
                    sync!();
                    self.vm.poll_in_loop()?;
                }
            }};
        }
        macro_rules! jump_if {
            ($truth:expr, $when:expr) => {{
                let offset = jump_offset!();
                if $truth == $when {
                    ip = ip.wrapping_offset(offset);
                    if offset < 0 {
                        tick!();
                    }
                }
            }};
        }
        // pushes the outcome of a comparison, or jumps by it when a conditional jump follows
        macro_rules! outcome {
            ($truth:expr) => {{
                let truth: bool = $truth;
                // SAFETY: rules 1 and 2 of the module.
                match unsafe { *ip } {
                    op::POP_JUMP_IF_FALSE => {
                        ip = ip.wrapping_add(1);
                        jump_if!(truth, false);
                    }
                    op::POP_JUMP_IF_TRUE => {
                        ip = ip.wrapping_add(1);
                        jump_if!(truth, true);
                    }
                    _ => push!(raw::bool(truth)),
                }
            }};
        }
        // goes on at once with what most often follows a value: another local
        macro_rules! next_local {
            () => {{
                let next = byte_at(ip).wrapping_sub(0xb0);
                if next < 16 {
                    // SAFETY: rule 1.
                    let word = unsafe { *locals.add(next as usize) };
                    if word != raw::NULL {
                        ip = ip.wrapping_add(1);
                        push!(word);
                    }
                }
            }};
        }
        // pushes a small number, or does at once what most often follows with an int below it
        macro_rules! small_int {
            ($n:expr) => {{
                let (a, n) = (top!(1), raw::int($n));
                if raw::is_int(a) {
                    let (x, y) = (a as isize, n as isize);
                    let next = byte_at(ip);
                    let result = match next {
                        0xe5 | 0xf2 => x.checked_add(y - raw::INT_TAG as isize),
                        0xe6 | 0xf3 => x.checked_sub(y - raw::INT_TAG as isize),
                        _ => None,
                    };
                    if let Some(result) = result {
                        ip = ip.wrapping_add(1);
                        set_top!(1, result as Word);
                        continue;
                    }
                    let truth = match next {
                        0xd7 => x < y,
                        0xd8 => x > y,
                        0xd9 => x == y,
                        _ => {
                            push!(n);
                            continue;
                        }
                    };
                    ip = ip.wrapping_add(1);
                    drop!(1);
                    outcome!(truth);
                } else {
                    push!(n);
                }
            }};
        }
        // pushes an item, or stores it at once in the local that is to receive it
        macro_rules! push_item {
            ($word:expr) => {{
                let word: Word = $word;
                let next = byte_at(ip).wrapping_sub(0xc0);
                if next < 16 {
                    ip = ip.wrapping_add(1);
                    // SAFETY: rule 1.
                    unsafe { *locals.add(next as usize) = word };
                    next_local!();
                } else {
                    push!(word);
                }
            }};
        }
        // the next of the items behind the header of `$items`, of a list or tuple with `$len` of them
        macro_rules! next_item {
            ($end:expr, $items:expr, $len:expr) => {{
                let at = raw::to_int(top!(2)) as usize;
                if at < $len {
                    set_top!(2, raw::int(at as isize + 1));
                    // SAFETY: a tuple has as many items, and a list's storage at least as many.
                    push_item!(unsafe { *word_of($items, 1 + at) });
                } else {
                    drop!(4);
                    ip = ip.wrapping_offset($end);
                }
            }};
        }
        // `$outcomes`: those of an order for which the comparison holds
        macro_rules! compare {
            ($op:tt, $binary:expr, $outcomes:expr) => {{
                let (a, b) = (top!(2), top!(1));
                if raw::both_int(a, b) {
                    drop!(2);
                    outcome!((a as isize) $op (b as isize));
                } else if raw::is_tagged_float(a) && raw::is_tagged_float(b) {
                    drop!(2);
                    outcome!(raw::tagged_float(a) $op raw::tagged_float(b));
                } else if let Some(order) = order_of_floats(a, b) {
                    drop!(2);
                    outcome!(order.get() & ($outcomes) != 0);
                } else {
                    slow!(2, slow::binary(self.vm, $binary, local!(2), local!(1)));
                }
            }};
        }
        // a binary operator: `$quick` gives the result's word if it can be had without a call
        macro_rules! operate {
            ($opcode:expr, |$a:ident, $b:ident| $quick:expr) => {{
                let ($a, $b) = (top!(2), top!(1));
                if let Some(word) = $quick {
                    drop!(1);
                    set_top!(1, word);
                } else {
                    slow!(2, slow::binary(self.vm, binary_of($opcode), local!(2), local!(1)));
                }
            }};
        }
        macro_rules! ints {
            ($opcode:expr, |$a:ident, $b:ident| $int:expr) => {
                operate!($opcode, |$a, $b| if raw::both_int($a, $b) { $int } else { None })
            };
        }
        macro_rules! arithmetic {
            ($opcode:expr, |$a:ident, $b:ident| $int:expr, |$x:ident, $y:ident| $float:expr) => {
                operate!($opcode, |$a, $b| {
                    if raw::both_int($a, $b)
                        && let Some(word) = $int
                    {
                        Some(word)
                    } else if raw::is_tagged_float($a)
                        && raw::is_tagged_float($b)
                        && let ($x, $y) = (raw::tagged_float($a), raw::tagged_float($b))
                        && let Some(word) = raw::float_word($float)
                    {
                        Some(word)
                    } else {
                        self.float_op($opcode, $a, $b)
                    }
                })
            };
        }

        // calls what lies at `ret`, to which the result goes; the arguments begin at `first` and end
        // at the top
        macro_rules! call {
            ($ret:expr, $first:expr, $positional:expr, $keywords:expr) => {{
                let (ret, first): (*mut Word, *mut Word) = ($ret, $first);
                let (positional, keywords): (usize, usize) = ($positional, $keywords);
                // SAFETY: rules 1 and 2 of the module.
                let callable = unsafe { *ret };
                let kind = kind_of(callable);
                if keywords == 0
                    && kind == Kind::Function as Word
                    && let Some((start, end)) =
                        self.quick_call(fp, ip, callable, ret, first, positional)
                {
                    (ip, sp) = (start, end);
                    fp = self.vm.rt.stack.frame();
                    locals = first;
                    names = names_of(callable);
                    tick!();
                    continue;
                }
                sync!();
                if kind == Kind::NativeFn as Word {
                    // SAFETY: objects of this kind are statics.
                    let f: &'static crate::native::NativeFn = unsafe { object(callable) };
                    if f.is_leaf() && keywords == 0 {
                        let word = self.vm.quick_leaf(f, first, positional)?;
                        sp = ret;
                        push!(word.get());
                        continue;
                    }
                    if f.resumes(positional)
                        && keywords == 0
                        && self.resume_by_call(ret, first, positional)?
                    {
                        reload!();
                        tick!();
                        continue;
                    }
                    let result = self.vm.call_native(f, index_of!(first), positional, keywords)?;
                    let word = self.vm.rt.stack.read(result.index());
                    sp = ret;
                    push!(word);
                    continue;
                }
                match self.call_other(callable, ret, first, positional, keywords)? {
                    Call::Done(result) => {
                        let word = self.vm.rt.stack.read(result.index());
                        sp = ret;
                        push!(word);
                    }
                    Call::Frame => {
                        reload!();
                        tick!();
                    }
                }
            }};
        }

        // goes on in the frame of a module's code; the instruction is executed again behind it
        macro_rules! enter_import {
            ($start:expr) => {{
                // SAFETY: rules 1 and 2 of the module.
                unsafe { (*fp).ip = $start.wrapping_add(1) };
                reload!();
                tick!();
            }};
        }

        loop {
            let opcode = byte!();
            ip = settled(ip);
            sp = settled(sp).cast_mut();
            match opcode {
                op::LOAD_CONST_FALSE => push!(raw::FALSE),
                op::LOAD_CONST_NONE => push!(raw::NONE),
                op::LOAD_CONST_TRUE => push!(raw::TRUE),
                op::LOAD_NULL => push!(raw::NULL),
                0x70 | 0x71 | 0x72 | 0x73 | 0x74 | 0x75 | 0x76 | 0x77 | 0x78 | 0x79 | 0x7a
                | 0x7b | 0x7c | 0x7d | 0x7e | 0x7f | 0x80 | 0x81 | 0x82 | 0x83 | 0x84 | 0x85
                | 0x86 | 0x87 | 0x88 | 0x89 | 0x8a | 0x8b | 0x8c | 0x8d | 0x8e | 0x8f | 0x90
                | 0x91 | 0x92 | 0x93 | 0x94 | 0x95 | 0x96 | 0x97 | 0x98 | 0x99 | 0x9a | 0x9b
                | 0x9c | 0x9d | 0x9e | 0x9f | 0xa0 | 0xa1 | 0xa2 | 0xa3 | 0xa4 | 0xa5 | 0xa6
                | 0xa7 | 0xa8 | 0xa9 | 0xaa | 0xab | 0xac | 0xad | 0xae | 0xaf => {
                    small_int!(opcode as isize - 0x70 - 16);
                }
                op::LOAD_CONST_SMALL_INT => {
                    let mut b = byte!();
                    let mut n: i64 = if b & 0x40 != 0 { -1 } else { 0 };
                    n = n << 7 | i64::from(b & 0x7f);
                    while b & 0x80 != 0 {
                        b = byte!();
                        n = n << 7 | i64::from(b & 0x7f);
                    }
                    if raw::fits_int(n as isize) && n as isize as i64 == n {
                        push!(raw::int(n as isize));
                    } else {
                        slow!(0, self.vm.new_int_64(n));
                    }
                }
                op::LOAD_CONST_STRING => push!(name!()),
                op::LOAD_CONST_OBJ => {
                    let n = uint!();
                    // SAFETY: the constants follow the names, which the context's header counts.
                    let word = unsafe {
                        let context = &*names.sub(1).cast::<Context>();
                        *names.add(2 + context.header.aux() + n)
                    };
                    push!(word);
                }
                0xb0 | 0xb1 | 0xb2 | 0xb3 | 0xb4 | 0xb5 | 0xb6 | 0xb7 | 0xb8 | 0xb9 | 0xba
                | 0xbb | 0xbc | 0xbd | 0xbe | 0xbf => {
                    // SAFETY: rule 1.
                    let word = unsafe { *locals.add(opcode as usize & 15) };
                    if word == raw::NULL {
                        sync!();
                        return Err(slow::unbound(self.vm));
                    }
                    push!(word);
                    // an operand follows most often
                    let next = byte_at(ip);
                    let operand = next.wrapping_sub(0x70);
                    if operand < 0x40 {
                        ip = ip.wrapping_add(1);
                        small_int!(operand as isize - 16);
                    } else if operand < 0x50 {
                        // SAFETY: rule 1.
                        let word = unsafe { *locals.add(next as usize & 15) };
                        if word != raw::NULL {
                            ip = ip.wrapping_add(1);
                            push!(word);
                        }
                    }
                }
                op::LOAD_FAST_N => {
                    let n = uint!();
                    // SAFETY: rule 1.
                    let word = unsafe { *locals.add(n) };
                    if word == raw::NULL {
                        sync!();
                        return Err(slow::unbound(self.vm));
                    }
                    push!(word);
                }
                op::LOAD_DEREF => {
                    let n = uint!();
                    // SAFETY: rule 1: the local is a cell.
                    let word = unsafe { *word_of(*locals.add(n), 1) };
                    if word == raw::NULL {
                        sync!();
                        return Err(slow::unbound(self.vm));
                    }
                    push!(word);
                }
                0xc0 | 0xc1 | 0xc2 | 0xc3 | 0xc4 | 0xc5 | 0xc6 | 0xc7 | 0xc8 | 0xc9 | 0xca
                | 0xcb | 0xcc | 0xcd | 0xce | 0xcf => {
                    let word = pop!();
                    // SAFETY: rule 1.
                    unsafe { *locals.add(opcode as usize & 15) = word };
                    next_local!();
                }
                op::STORE_FAST_N => {
                    let n = uint!();
                    let word = pop!();
                    // SAFETY: rule 1.
                    unsafe { *locals.add(n) = word };
                }
                op::STORE_DEREF => {
                    let n = uint!();
                    let word = pop!();
                    // SAFETY: rule 1: the local is a cell.
                    unsafe { slot_of(*locals.add(n), 1).set(Value::from_word(word)) };
                }
                op::DELETE_FAST => {
                    let n = uint!();
                    // SAFETY: rule 1.
                    let word = unsafe { locals.add(n).replace(raw::NULL) };
                    if word == raw::NULL {
                        sync!();
                        return Err(slow::unbound(self.vm));
                    }
                }
                op::DELETE_DEREF => {
                    let n = uint!();
                    // SAFETY: rule 1: the local is a cell.
                    let slot = unsafe { slot_of(*locals.add(n), 1) };
                    if slot.word() == raw::NULL {
                        sync!();
                        return Err(slow::unbound(self.vm));
                    }
                    slot.set(Value::NULL);
                }
                op::LOAD_GLOBAL => {
                    let name = name!();
                    // SAFETY: the word before the names' count is the dict of globals.
                    let globals = unsafe { *names };
                    if let Some(e) = self.vm.rt.caches.global(globals, name) {
                        push!(if e.slot.is_null() {
                            e.value
                        } else {
                            // SAFETY: the cache is emptied when a table moves, changes or dies.
                            unsafe { *e.slot }
                        });
                        next_local!();
                    } else {
                        slow!(0, slow::load_global(self.vm, name));
                    }
                }
                op::LOAD_NAME => {
                    let name = name!();
                    slow!(0, slow::load_name(self.vm, name));
                }
                op::STORE_NAME => {
                    let name = name!();
                    sync!();
                    slow::store_name(self.vm, name, local!(1))?;
                    drop!(1);
                }
                op::STORE_GLOBAL => {
                    let name = name!();
                    sync!();
                    slow::store_global(self.vm, name, local!(1))?;
                    drop!(1);
                }
                op::DELETE_NAME => {
                    let name = name!();
                    sync!();
                    slow::delete_name(self.vm, name)?;
                }
                op::DELETE_GLOBAL => {
                    let name = name!();
                    sync!();
                    slow::delete_global(self.vm, name)?;
                }
                op::LOAD_ATTR => {
                    let name = name!();
                    let object = top!(1);
                    if raw::has_kind(object, Kind::Instance) {
                        // SAFETY: an instance's first slot is its shape.
                        let shape = unsafe { *word_of(object, 1) };
                        if let Some(e) = self.vm.rt.caches.attr(shape, name) {
                            if e.found == Found::Slot {
                                // SAFETY: a shape's attribute numbers lie inside its instances.
                                set_top!(1, unsafe { *word_of(object, 2 + e.what) });
                                continue;
                            }
                            if e.found == Found::Value {
                                set_top!(1, e.what);
                                continue;
                            }
                        }
                    } else if let Some(e) = self.vm.rt.caches.attr(object, name)
                        && e.found == Found::Value
                    {
                        // a module or class, which is its own key
                        set_top!(1, e.what);
                        continue;
                    }
                    slow!(1, slow::load_attr(self.vm, local!(1), name));
                }
                op::LOAD_METHOD => {
                    let name = name!();
                    let object = top!(1);
                    let key = method_key(self.vm, object);
                    if let Some(e) = self.vm.rt.caches.attr(key, name) {
                        if e.found == Found::Method {
                            set_top!(1, e.what);
                            push!(object);
                            continue;
                        }
                        if e.found == Found::Value {
                            set_top!(1, e.what);
                            push!(raw::NULL);
                            continue;
                        }
                    }
                    sync!();
                    slow::load_method(self.vm, local!(1), name)?;
                    // the function is where the object was, the receiver behind it
                    // SAFETY: rules 1 and 2 of the module.
                    unsafe { sp = sp.add(1) };
                }
                op::LOAD_SUPER_METHOD => {
                    let name = name!();
                    sync!();
                    slow::load_super_method(self.vm, local!(3), name)?;
                    drop!(1);
                }
                op::STORE_ATTR => {
                    let name = name!();
                    let object = top!(1);
                    let value = top!(2);
                    if raw::has_kind(object, Kind::Instance) && value != raw::NULL {
                        // SAFETY: as for LOAD_ATTR.
                        let shape = unsafe { *word_of(object, 1) };
                        if let Some(e) = self.vm.rt.caches.attr(shape, name) {
                            if e.found == Found::Slot {
                                // SAFETY: as for LOAD_ATTR.
                                unsafe {
                                    slot_of(object, 2 + e.what).set(Value::from_word(value));
                                }
                                drop!(2);
                                continue;
                            }
                            if e.found == Found::Add && add_attribute(object, e.what, value) {
                                drop!(2);
                                continue;
                            }
                        }
                    }
                    sync!();
                    slow::store_attr(self.vm, local!(1), name, local!(2))?;
                    drop!(2);
                }
                op::LOAD_BUILD_CLASS => push!(slow::build_class_word(self.vm)),
                op::LOAD_SUBSCR => {
                    let (object, index) = (top!(2), top!(1));
                    if let Some(word) = quick_subscr(object, index) {
                        drop!(1);
                        set_top!(1, word);
                    } else if raw::has_kind(object, Kind::Dict)
                        && let Some(word) = slow::dict_item(self.vm, object, index)
                    {
                        drop!(1);
                        set_top!(1, word);
                    } else {
                        slow!(2, slow::subscr(self.vm, local!(2), local!(1)));
                    }
                }
                op::STORE_SUBSCR => {
                    let (value, object, index) = (top!(3), top!(2), top!(1));
                    if value != raw::NULL
                        && (quick_store_subscr(object, index, value).is_some()
                            || (raw::has_kind(object, Kind::Dict)
                                && slow::set_dict_item(self.vm, object, index, value)))
                    {
                        drop!(3);
                    } else {
                        sync!();
                        slow::store_subscr(self.vm, local!(2), local!(1), local!(3))?;
                        drop!(3);
                    }
                }
                op::DUP_TOP => push!(top!(1)),
                op::DUP_TOP_TWO => {
                    push!(top!(2));
                    push!(top!(2));
                }
                op::POP_TOP => drop!(1),
                op::ROT_TWO => {
                    let (a, b) = (top!(2), top!(1));
                    set_top!(2, b);
                    set_top!(1, a);
                }
                op::ROT_THREE => {
                    let (a, b, c) = (top!(3), top!(2), top!(1));
                    set_top!(3, c);
                    set_top!(2, a);
                    set_top!(1, b);
                }
                op::JUMP => {
                    let offset = jump_offset!();
                    ip = ip.wrapping_offset(offset);
                    if offset < 0 {
                        tick!();
                    }
                }
                op::POP_JUMP_IF_TRUE | op::POP_JUMP_IF_FALSE => {
                    let word = top!(1);
                    let truth = match word {
                        raw::TRUE => true,
                        raw::FALSE | raw::NONE => false,
                        w if raw::is_int(w) => w != raw::int(0),
                        _ => {
                            sync!();
                            self.vm.truth(local!(1))?
                        }
                    };
                    drop!(1);
                    jump_if!(truth, opcode == op::POP_JUMP_IF_TRUE);
                }
                op::JUMP_IF_TRUE_OR_POP | op::JUMP_IF_FALSE_OR_POP => {
                    let offset = forward_offset!();
                    let truth = match top!(1) {
                        raw::TRUE => true,
                        raw::FALSE | raw::NONE => false,
                        w if raw::is_int(w) => w != raw::int(0),
                        _ => {
                            sync!();
                            self.vm.truth(local!(1))?
                        }
                    };
                    if truth == (opcode == op::JUMP_IF_TRUE_OR_POP) {
                        ip = ip.wrapping_offset(offset);
                    } else {
                        drop!(1);
                    }
                }
                op::SETUP_WITH => {
                    let offset = forward_offset!();
                    sync!();
                    slow::enter_with(self.vm, local!(1))?;
                    // SAFETY: the verifier counted the slot; `enter_with` left three words.
                    let entered = unsafe { *sp.add(1) };
                    // SAFETY: rules 1 and 2 of the module.
                    unsafe { sp = sp.add(1) };
                    self.push_handler(fp, ip.wrapping_offset(offset), sp, true);
                    push!(entered);
                }
                op::WITH_CLEANUP => {
                    sync!();
                    let n = slow::with_cleanup(self.vm, local!(1))?;
                    sp = self.vm.rt.stack.slot(n);
                }
                op::SETUP_EXCEPT | op::SETUP_FINALLY => {
                    let offset = forward_offset!();
                    let finally = opcode == op::SETUP_FINALLY;
                    self.push_handler(fp, ip.wrapping_offset(offset), sp, finally);
                }
                op::POP_EXCEPT_JUMP => {
                    let offset = forward_offset!();
                    self.pop_handler(fp);
                    ip = ip.wrapping_offset(offset);
                }
                op::END_FINALLY => {
                    self.pop_handler(fp);
                    let word = pop!();
                    if word == raw::NONE {
                        continue;
                    }
                    if raw::is_int(word) {
                        let cause = raw::to_int(word);
                        sync!();
                        if cause < 0 {
                            if let Some((to, height)) = self.unwind_return(fp, ip, sp) {
                                (ip, sp) = (to, height);
                                continue;
                            }
                            if let Some(result) = self.finish_frame(pop!()) {
                                return Ok(result);
                            }
                            reload!();
                        } else {
                            (ip, sp) = self.unwind_jump(fp, cause as usize, ip, sp);
                        }
                        continue;
                    }
                    push!(word);
                    sync!();
                    self.vm.set_root_word(crate::vm::RootSlot::Pending, word);
                    self.mark_reraise(fp);
                    return Err(Raised::new());
                }
                op::UNWIND_JUMP => {
                    let offset = jump_offset!();
                    let count = byte!();
                    let target = ip.wrapping_sub(1).wrapping_offset(offset);
                    push!(self.offset_word(fp, target));
                    (ip, sp) = self.unwind_jump(fp, count as usize, ip, sp);
                    tick!();
                }
                op::GET_ITER => {
                    if byte_at(ip) == op::CALL_FUNCTION
                        && byte_at(ip.wrapping_add(1)) == 1
                        && is_deferred(top!(2), top!(1))
                    {
                        continue;
                    }
                    slow!(1, self.vm.get_iter(local!(1)));
                    if deferred_iterator(top!(1)).is_some() {
                        // an `__iter__` gave what is no iterator
                        sync!();
                        self.vm.iter_next(local!(1))?;
                    }
                }
                op::GET_ITER_STACK => {
                    let object = top!(1);
                    if let Some((tag, a, b, c)) = inline_iterator(object) {
                        set_top!(1, tag);
                        push!(a);
                        push!(b);
                        push!(c);
                    } else {
                        sync!();
                        let iterator = self.vm.get_iter(local!(1))?;
                        let word = self.vm.rt.stack.read(iterator.index());
                        set_top!(1, inline_iter::OBJECT);
                        push!(word);
                        push!(raw::NULL);
                        push!(raw::NULL);
                    }
                }
                op::FOR_ITER => {
                    let start = ip.wrapping_sub(1);
                    let offset = forward_offset!();
                    match top!(4) {
                        inline_iter::RANGE => {
                            let (next, end) = (top!(2) as isize, top!(1) as isize);
                            let step = top!(3) as isize;
                            let more = if step > 0 { next < end } else { next > end };
                            if more {
                                // SAFETY: the sum was checked when the iterator was made.
                                let after = next.wrapping_add(step - raw::INT_TAG as isize);
                                set_top!(2, after as Word);
                                push_item!(next as Word);
                            } else {
                                drop!(4);
                                ip = ip.wrapping_offset(offset);
                            }
                        }
                        inline_iter::LIST => {
                            let container = top!(3);
                            // SAFETY: GET_ITER_STACK put a list there.
                            let list = unsafe { object::<ListObj>(container) };
                            next_item!(offset, list.storage_word(), list.len());
                        }
                        inline_iter::TUPLE => {
                            let container = top!(3);
                            // SAFETY: GET_ITER_STACK put a tuple there.
                            let tuple = unsafe { object::<TupleObj>(container) };
                            next_item!(offset, container, tuple.len());
                        }
                        inline_iter::PLACES => {
                            let at = raw::to_int(top!(2)) as usize;
                            let version = raw::to_int(top!(1));
                            sync!();
                            match iter::next_inline(self.vm, local!(3), at, version)? {
                                Some((item, after)) => {
                                    let word = self.vm.rt.stack.read(item.index());
                                    set_top!(2, raw::int(after as isize));
                                    push!(word);
                                }
                                None => {
                                    drop!(4);
                                    ip = ip.wrapping_offset(offset);
                                }
                            }
                        }
                        tag => {
                            let iterator = top!(3);
                            if tag != inline_iter::GENERATOR {
                                if byte_at(ip) == op::UNPACK_SEQUENCE
                                    && byte_at(ip.wrapping_add(1)) == 2
                                    && let Some((first, second)) = quick_pair(iterator)
                                {
                                    // unpacked at once: no tuple is made
                                    ip = ip.wrapping_add(2);
                                    push!(second);
                                    push!(first);
                                    continue;
                                }
                                if let Some(word) = quick_next(iterator) {
                                    push!(word);
                                    continue;
                                }
                                if !raw::has_kind(iterator, Kind::Generator) {
                                    if tag == raw::NULL
                                        && let Some((tag, a, b, c)) = deferred_iterator(iterator)
                                    {
                                        set_top!(4, tag);
                                        set_top!(3, a);
                                        set_top!(2, b);
                                        set_top!(1, c);
                                        ip = start;
                                        continue;
                                    }
                                    sync!();
                                    match self.vm.iter_next(local!(3))? {
                                        Some(next) => push!(self.vm.rt.stack.read(next.index())),
                                        None => {
                                            drop!(4);
                                            ip = ip.wrapping_offset(offset);
                                        }
                                    }
                                    continue;
                                }
                                set_top!(4, inline_iter::GENERATOR);
                            }
                            // the generator's frame runs in this loop; what it yields goes on
                            // behind this instruction
                            let (none, flag) = (raw::NONE, frame::FOR);
                            // SAFETY: the iterator is a generator.
                            let quick =
                                unsafe { self.quick_resume(iterator, none, fp, ip, flag, sp, sp) };
                            if let Some(r) = quick {
                                ip = r.ip;
                                sp = r.sp;
                                locals = r.locals;
                                names = r.names;
                                fp = r.frame;
                                continue;
                            }
                            sync!();
                            let ret = index_of!(sp);
                            let place = Place { flags: frame::FOR, ret, base: ret };
                            match resume::begin(self.vm, local!(3), Local::NONE, place, false)? {
                                Begun::Runs => reload!(),
                                Begun::Raises => return Err(Raised::new()),
                                Begun::Ended => {
                                    drop!(4);
                                    ip = ip.wrapping_offset(offset);
                                }
                            }
                        }
                    }
                }
                op::BUILD_TUPLE => {
                    let n = uint!();
                    let first = index_of!(sp) - n;
                    slow!(n, self.vm.new_tuple(Local::at(first), n));
                }
                op::BUILD_LIST => {
                    let n = uint!();
                    let first = index_of!(sp) - n;
                    slow!(n, self.vm.new_list(Local::at(first), n));
                }
                op::BUILD_MAP => {
                    let n = uint!();
                    slow!(0, self.vm.new_dict(n.min(64)));
                }
                op::STORE_MAP => {
                    sync!();
                    self.vm.table_set(local!(3), local!(1), local!(2))?;
                    drop!(2);
                }
                op::BUILD_SET => {
                    let n = uint!();
                    slow!(n, slow::build_set(self.vm, n));
                }
                op::BUILD_SLICE => {
                    let n = uint!();
                    let with_step = n == 3;
                    let parts = 2 + usize::from(with_step);
                    sync!();
                    let at = slices::At { first: local!(parts), with_step };
                    // a part that is read or replaced needs no slice object
                    match byte_at(ip) {
                        op::LOAD_SUBSCR => {
                            if let Some(part) = slices::load(self.vm, at) {
                                let word = self.vm.rt.stack.read(part?.index());
                                ip = ip.wrapping_add(1);
                                drop!(parts);
                                set_top!(1, word);
                                continue;
                            }
                        }
                        op::STORE_SUBSCR if slices::store(self.vm, at).is_some() => {
                            ip = ip.wrapping_add(1);
                            drop!(parts + 2);
                            continue;
                        }
                        _ => {}
                    }
                    let step = if with_step { local!(1) } else { Local::NONE };
                    slow!(parts, self.vm.new_slice(local!(parts), local!(parts - 1), step));
                }
                op::STORE_COMP => {
                    let n = uint!();
                    sync!();
                    let depth = n >> 2;
                    match n & 3 {
                        0 => {
                            self.vm.list_append(local!(depth + 1), local!(1))?;
                            drop!(1);
                        }
                        1 => {
                            self.vm.table_set(local!(depth + 1), local!(1), local!(2))?;
                            drop!(2);
                        }
                        _ => {
                            self.vm.table_set(local!(depth + 1), local!(1), Local::NULL)?;
                            drop!(1);
                        }
                    }
                }
                op::UNPACK_SEQUENCE => {
                    let n = uint!();
                    if let Some(items) = items_to_unpack(top!(1), n) {
                        drop!(1);
                        let mut i = n;
                        while i > 0 {
                            i -= 1;
                            // SAFETY: there are `n` items.
                            push!(unsafe { *items.add(i) });
                        }
                        continue;
                    }
                    sync!();
                    slow::unpack(self.vm, local!(1), n)?;
                    sp = self.vm.rt.stack.slot(self.vm.rt.stack.top());
                }
                op::UNPACK_EX => {
                    let n = uint!();
                    sync!();
                    slow::unpack_starred(self.vm, local!(1), n & 0xff, n >> 8 & 0xff)?;
                    sp = self.vm.rt.stack.slot(self.vm.rt.stack.top());
                }
                op::MAKE_FUNCTION => {
                    let n = uint!();
                    slow!(0, slow::make_function(self.vm, n, Local::NULL, Local::NULL));
                }
                op::MAKE_FUNCTION_DEFARGS => {
                    let n = uint!();
                    slow!(2, slow::make_function(self.vm, n, local!(2), local!(1)));
                }
                op::MAKE_CLOSURE => {
                    let n = uint!();
                    let cells = byte!() as usize;
                    slow!(cells, slow::make_closure(self.vm, n, cells, Local::NULL, Local::NULL));
                }
                op::MAKE_CLOSURE_DEFARGS => {
                    let n = uint!();
                    let cells = byte!() as usize;
                    slow!(
                        cells + 2,
                        slow::make_closure(self.vm, n, cells, local!(cells + 2), local!(cells + 1))
                    );
                }
                op::CALL_FUNCTION => {
                    let n = uint!();
                    let (positional, keywords) = (n & 0xff, n >> 8 & 0xff);
                    let first = sp.wrapping_sub(positional + 2 * keywords);
                    call!(first.wrapping_sub(1), first, positional, keywords);
                }
                op::CALL_METHOD => {
                    let n = uint!();
                    let (positional, keywords) = (n & 0xff, n >> 8 & 0xff);
                    let ret = sp.wrapping_sub(positional + 2 * keywords + 2);
                    // SAFETY: rules 1 and 2: a method and its receiver or null.
                    let receiver = usize::from(unsafe { *ret.add(1) } != raw::NULL);
                    let first = ret.wrapping_add(2 - receiver);
                    call!(ret, first, positional + receiver, keywords);
                }
                op::CALL_FUNCTION_VAR_KW | op::CALL_METHOD_VAR_KW => {
                    let n = uint!();
                    let method = opcode == op::CALL_METHOD_VAR_KW;
                    let args = (n & 0xff) + 2 * (n >> 8 & 0xff) + 1;
                    sync!();
                    let ret = index_of!(sp) - args - 1 - usize::from(method);
                    // SAFETY: rules 1 and 2 of the module.
                    unsafe { (*fp).top = ret as u32 };
                    match slow::call_spread(self.vm, ret, n & 0xff, n >> 8 & 0xff, method)? {
                        Call::Done(result) => {
                            let word = self.vm.rt.stack.read(result.index());
                            sp = self.vm.rt.stack.slot(ret);
                            push!(word);
                        }
                        Call::Frame => {
                            reload!();
                            tick!();
                        }
                    }
                }
                op::RETURN_VALUE => {
                    let word = pop!();
                    // SAFETY: rule 2: the record of the running frame.
                    if unsafe { (*fp).is_plain() } {
                        // a call from this loop, with no `try` open: back to the caller
                        // SAFETY: the result slot lies in the caller's frame.
                        let ret = unsafe {
                            let ret = self.vm.rt.stack.slot((*fp).ret as usize);
                            *ret = word;
                            ret
                        };
                        self.vm.rt.stack.pop_frame();
                        let r = self.load();
                        ip = r.ip;
                        sp = ret.wrapping_add(1);
                        locals = r.locals;
                        names = r.names;
                        fp = r.frame;
                        continue;
                    }
                    push!(word);
                    sync!();
                    // SAFETY: as above.
                    if unsafe { (*fp).exc } != 0
                        && let Some((to, height)) = self.unwind_return(fp, ip, sp)
                    {
                        (ip, sp) = (to, height);
                        continue;
                    }
                    drop!(1);
                    sync!();
                    if let Some(result) = self.finish_frame(word) {
                        return Ok(result);
                    }
                    reload!();
                }
                op::RAISE_LAST => {
                    sync!();
                    self.mark_reraise(fp);
                    return Err(slow::raise_last(self.vm));
                }
                op::RAISE_OBJ => {
                    sync!();
                    return Err(slow::raise(self.vm, local!(1), Local::NULL));
                }
                op::RAISE_FROM => {
                    sync!();
                    return Err(slow::raise(self.vm, local!(2), local!(1)));
                }
                op::YIELD_VALUE => {
                    // SAFETY: rule 2: the record of the running frame.
                    if unsafe { (*fp).flags } == frame::GENERATOR | frame::FOR {
                        // SAFETY: the registers of a frame that FOR_ITER resumed.
                        let r = unsafe { self.quick_yield(fp, ip, locals, sp) };
                        ip = r.ip;
                        sp = r.sp;
                        locals = r.locals;
                        names = r.names;
                        fp = r.frame;
                    } else {
                        match self.suspend(fp, ip, locals, sp) {
                            Suspended::Native(result) => return Ok(result),
                            Suspended::Below => reload!(),
                            // the value sent is where the one yielded was
                            Suspended::Fed => {}
                        }
                    }
                }
                op::YIELD_FROM => {
                    // stack: .. iterator sent-value
                    let start = ip.wrapping_sub(1);
                    sync!();
                    let iterator = top!(2);
                    if raw::has_kind(iterator, Kind::Generator) {
                        match self.delegate(fp, ip, sp)? {
                            Delegated::Frame => reload!(),
                            Delegated::Ended => {
                                drop!(1);
                                set_top!(1, raw::NONE);
                            }
                        }
                        continue;
                    }
                    match slow::send_to(self.vm, local!(2), local!(1))? {
                        slow::Sent::Yielded(value) => {
                            let word = self.vm.rt.stack.read(value.index());
                            set_top!(1, word);
                            match self.suspend(fp, start, locals, sp) {
                                Suspended::Native(result) => return Ok(result),
                                Suspended::Below => reload!(),
                                Suspended::Fed => ip = start,
                            }
                        }
                        slow::Sent::Finished(value) => {
                            let word = self.vm.rt.stack.read(value.index());
                            drop!(1);
                            set_top!(1, word);
                        }
                    }
                }
                op::IMPORT_NAME => {
                    let start = ip.wrapping_sub(1);
                    let name = name!();
                    sync!();
                    match slow::import_name(self.vm, name, local!(1), local!(2))? {
                        Call::Done(module) => {
                            let word = self.vm.rt.stack.read(module.index());
                            drop!(1);
                            set_top!(1, word);
                        }
                        Call::Frame => enter_import!(start),
                    }
                }
                op::IMPORT_FROM => {
                    let start = ip.wrapping_sub(1);
                    let name = name!();
                    sync!();
                    match slow::import_from(self.vm, local!(1), name)? {
                        Call::Done(value) => push!(self.vm.rt.stack.read(value.index())),
                        Call::Frame => enter_import!(start),
                    }
                }
                op::IMPORT_STAR => {
                    sync!();
                    slow::import_star(self.vm, local!(1))?;
                    drop!(1);
                }
                0xd0 | 0xd1 | 0xd2 | 0xd3 => {
                    let word = top!(1);
                    if opcode == 0xd3 && (word == raw::TRUE || word == raw::FALSE) {
                        set_top!(1, raw::TRUE ^ raw::FALSE ^ word);
                    } else {
                        slow!(1, slow::unary(self.vm, opcode - 0xd0, local!(1)));
                    }
                }
                0xd7 => compare!(<, BinaryOp::Less, order::LESS),
                0xd8 => compare!(>, BinaryOp::More, order::MORE),
                0xd9 => {
                    let (a, b) = (top!(2), top!(1));
                    if raw::both_int(a, b) || (raw::is_qstr(a) && raw::is_qstr(b)) {
                        drop!(2);
                        outcome!(a == b);
                    } else {
                        compare!(==, BinaryOp::Equal, order::EQUAL);
                    }
                }
                0xda => compare!(<=, BinaryOp::LessEqual, order::LESS | order::EQUAL),
                0xdb => compare!(>=, BinaryOp::MoreEqual, order::MORE | order::EQUAL),
                0xdc => {
                    let (a, b) = (top!(2), top!(1));
                    if raw::both_int(a, b) || (raw::is_qstr(a) && raw::is_qstr(b)) {
                        drop!(2);
                        outcome!(a != b);
                    } else {
                        compare!(!=, BinaryOp::NotEqual, !order::EQUAL);
                    }
                }
                0xdd => {
                    sync!();
                    let found = self.vm.contains(local!(1), local!(2))?;
                    drop!(2);
                    outcome!(found);
                }
                0xde => {
                    let (a, b) = (top!(2), top!(1));
                    drop!(2);
                    outcome!(a == b);
                }
                // arithmetic: in-place 0xe0.., plain 0xed..
                0xe0 | 0xed => ints!(opcode, |a, b| Some(a | b)),
                0xe1 | 0xee => ints!(opcode, |a, b| Some(a ^ b | raw::INT_TAG)),
                0xe2 | 0xef => ints!(opcode, |a, b| Some(a & b)),
                0xe3 | 0xf0 => ints!(opcode, |a, b| shift_left(raw::to_int(a), raw::to_int(b))),
                0xe4 | 0xf1 => ints!(opcode, |a, b| shift_right(raw::to_int(a), raw::to_int(b))),
                0xe5 | 0xf2 => arithmetic!(
                    opcode,
                    |a, b| (a as isize).checked_add((b - raw::INT_TAG) as isize).map(|w| w as Word),
                    |x, y| x + y
                ),
                0xe6 | 0xf3 => arithmetic!(
                    opcode,
                    |a, b| (a as isize).checked_sub((b - raw::INT_TAG) as isize).map(|w| w as Word),
                    |x, y| x - y
                ),
                0xe7 | 0xf4 => arithmetic!(
                    opcode,
                    |a, b| ((a - raw::INT_TAG) as isize)
                        .checked_mul(raw::to_int(b))
                        .map(|w| w as Word | raw::INT_TAG),
                    |x, y| x * y
                ),
                0xe9 | 0xf6 => {
                    arithmetic!(opcode, |a, b| floor_div(raw::to_int(a), raw::to_int(b)), |x, y| {
                        if y == 0.0 { f64::NAN } else { floor_divmod(x, y).0 }
                    })
                }
                0xea | 0xf7 => {
                    arithmetic!(
                        opcode,
                        |a, b| if raw::FLOATS_ARE_BOXED {
                            None
                        } else {
                            true_div(raw::to_int(a), raw::to_int(b))
                        },
                        |x, y| x / y
                    )
                }
                0xeb | 0xf8 => ints!(opcode, |a, b| floor_mod(raw::to_int(a), raw::to_int(b))),
                0xdf => {
                    sync!();
                    let matches = if self.is_state_probe(fp, ip) {
                        self.vm.is_exception_value(local!(2))
                    } else {
                        slow::exception_match(self.vm, local!(2), local!(1))?
                    };
                    drop!(2);
                    outcome!(matches);
                }
                0xe8 | 0xec | 0xf5 | 0xf9 => {
                    slow!(2, slow::binary(self.vm, binary_of(opcode), local!(2), local!(1)));
                }
                // the first and the last byte: a table of all bytes needs no check, and no subtraction
                0x00 | 0xff => {
                    sync!();
                    return Err(slow::no_such_opcode(self.vm));
                }
                // SAFETY: rule 1: the verifier lets no other byte through.
                _ => unsafe { no_such_opcode() },
            }
        }
    }
}
