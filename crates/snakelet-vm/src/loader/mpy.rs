//! Loading `.mpy` files, verified function by function.

use snakelet_bytecode::mpy::{Builder, FormatError, Piece, Read, ReadError, Singleton, read};
use snakelet_bytecode::{Limits, VerifyError, verify};
use snakelet_num::{bigint, float};
use snakelet_qstr::Qstr;

use crate::error::Part;
use crate::function::head_of;
use crate::object::{ArrayObj, StrObj};
use crate::print::Out;
use crate::stack::Local;
use crate::types::exception::VALUE_ERROR;
use crate::value::Value;
use crate::{Raised, Res, Vm};

/// Bits of a small int: instructions with larger ones make big ints.
const SMALL_INT_BITS: u8 = 64;

/// What the parts of a file become, all of it in locals.
struct Loader<'v> {
    vm: &'v mut Vm,
    names: Local,
    objects: Local,
    /// Lists of items of the open tuples, innermost last.
    tuples: Local,
    /// Code and list of children of each open function, innermost last.
    functions: Local,
    /// The bytes of the current piece.
    piece: Out,
    kind: Piece,
    /// The last function's data.
    data: Local,
    /// The outermost function once it is complete.
    root: Local,
}

impl Vm {
    /// Loads a `.mpy` file; gives the function that runs the module.
    ///
    /// # Errors
    /// `ValueError` if it is no such file, is of another version, or is not sound; `MemoryError`;
    /// what `source` raises.
    pub fn load_mpy<R: Read<Error = Raised>>(&mut self, source: R) -> Res {
        self.load_mpy_with(source, |_, raised| raised)
    }

    /// Loads a `.mpy` file that lies in memory.
    ///
    /// # Errors
    /// As for [`Vm::load_mpy`].
    pub fn load_mpy_bytes(&mut self, bytes: &[u8]) -> Res {
        self.load_mpy_with(bytes, |vm, _| vm.memory_error())
    }

    /// Loads a `.mpy` file from a `bytes` object.
    ///
    /// # Errors
    /// As for [`Vm::load_mpy`].
    #[expect(unsafe_code, reason = "reads one object of the heap while others are made")]
    pub(crate) fn load_mpy_local(&mut self, file: Local) -> Res {
        self.pin(file);
        let Some(bytes) = self.get(file).cast::<StrObj>().map(StrObj::bytes) else {
            return Err(self.wrong_receiver());
        };
        let (at, len) = (bytes.as_ptr(), bytes.len());
        // SAFETY: the object is pinned, so it stays where it is; it is immutable; and its local
        // keeps it alive until the file is loaded.
        self.load_mpy_bytes(unsafe { core::slice::from_raw_parts(at, len) })
    }

    pub(crate) fn load_mpy_with<R: Read>(
        &mut self,
        source: R,
        source_error: impl FnOnce(&mut Vm, R::Error) -> Raised,
    ) -> Res {
        let scope = self.scope();
        let names = self.new_list_empty()?;
        let objects = self.new_list_empty()?;
        let tuples = self.new_list_empty()?;
        let functions = self.new_list_empty()?;
        let piece = self.new_text()?;
        let data = self.push(Value::NULL);
        let root = self.push(Value::NULL);
        let mut loader = Loader {
            vm: self,
            names,
            objects,
            tuples,
            functions,
            piece,
            kind: Piece::Str,
            data,
            root,
        };
        match read(source, &mut loader, SMALL_INT_BITS) {
            Ok(()) => {}
            Err(ReadError::Builder(raised)) => return Err(raised),
            Err(ReadError::Source(error)) => return Err(source_error(self, error)),
            Err(ReadError::Format(error)) => return Err(self.format_error(error)),
        }
        let function = self.finish_module(root, names, objects)?;
        Ok(self.end_scope_with(scope, function))
    }

    fn format_error(&mut self, error: FormatError) -> Raised {
        match error {
            FormatError::Version(found) => self.raise_parts(
                &VALUE_ERROR,
                &[
                    Part::Text("incompatible .mpy file: version "),
                    Part::Int(isize::from(found)),
                    Part::Text(", need 6"),
                ],
            ),
            FormatError::Native => self.value_error("incompatible .mpy file: holds machine code"),
            _ => self.value_error("incompatible .mpy file"),
        }
    }
}

impl Loader<'_> {
    /// Gives a constant its place: in the innermost open tuple, or in the table.
    fn constant(&mut self, value: Local) -> Result<(), Raised> {
        let open = self.vm.list_len(self.tuples);
        if open == 0 {
            return self.vm.list_append(self.objects, value);
        }
        let list = self.vm.push(self.vm.list_item(self.tuples, open - 1));
        self.vm.list_append(list, value)
    }

    /// The text of the complete piece, as an object.
    fn text(&mut self) -> Res {
        let bytes = self.bytes_object()?;
        let text = self.vm.get(bytes).cast::<StrObj>().map_or(0, |s| s.bytes().len());
        self.vm.new_str_with(text, |vm, out| {
            if let Some(s) = vm.get(bytes).cast::<StrObj>() {
                out.copy_from_slice(s.bytes());
            }
        })
    }

    fn bytes_object(&mut self) -> Res {
        let Out::Buffer(buffer) = self.piece else { return Ok(Local::NONE) };
        let len = self.vm.get(buffer).cast::<ArrayObj>().map_or(0, |b| b.len.get());
        self.vm.new_bytes_with(len, |vm, out| {
            if let Some(b) = vm.get(buffer).cast::<ArrayObj>() {
                for (to, from) in out.iter_mut().zip(b.cells()) {
                    *to = from.get();
                }
            }
        })
    }

    fn bad(&mut self) -> Raised {
        self.vm.format_error(FormatError::BadObject)
    }

    fn int(&mut self) -> Res {
        let bytes = self.bytes_object()?;
        let limbs = {
            let text = self.vm.get(bytes).cast::<StrObj>().map_or(&[][..], StrObj::bytes);
            bigint::Digits::parse(text, 10).ok().map(|d| d.limbs())
        };
        let Some(limbs) = limbs else { return Err(self.bad()) };
        self.vm.new_big_with(limbs, |vm, out| {
            let text = vm.get(bytes).cast::<StrObj>().map_or(&[][..], StrObj::bytes);
            let written = bigint::Digits::parse(text, 10)
                .ok()
                .and_then(|d| d.write(out, &mut |_| Ok(())).ok());
            written.map_or((false, 0), |w| (w.negative, w.len))
        })
    }

    fn number(&mut self, complex: bool) -> Res {
        let bytes = self.bytes_object()?;
        let text = self.vm.get(bytes).cast::<StrObj>().map_or(&[][..], StrObj::bytes);
        if complex {
            match float::parse_complex::<f64>(text) {
                Some((re, im)) => self.vm.new_complex(re, im),
                None => Err(self.bad()),
            }
        } else {
            match float::parse::<f64>(text) {
                Some(f) => self.vm.new_float(f),
                None => Err(self.bad()),
            }
        }
    }

    /// Verifies the last function's data and makes its code object.
    fn code(&mut self, children: u32) -> Res {
        let vm = &mut *self.vm;
        let limits = Limits {
            strings: vm.list_len(self.names) as u32,
            objects: vm.list_len(self.objects) as u32,
            children,
            small_int_bits: SMALL_INT_BITS,
        };
        let data = self.data;
        let len = vm.get(data).cast::<StrObj>().map_or(0, |s| s.bytes().len());
        let mut scratch = snakelet_bytecode::usual_scratch(len);
        let verified = loop {
            let result = vm.with_scratch(scratch, |vm, scratch| {
                let bytes = vm.get(data).cast::<StrObj>().map_or(&[][..], StrObj::bytes);
                verify(bytes, &limits, scratch)
            })?;
            match result {
                Ok(verified) => break verified,
                Err(VerifyError { fault: snakelet_bytecode::Fault::Scratch, .. }) => {
                    scratch = scratch.saturating_mul(2);
                }
                Err(_) => return Err(vm.format_error(FormatError::BadObject)),
            }
        };
        let head = {
            let bytes = vm.get(data).cast::<StrObj>().map_or(&[][..], StrObj::bytes);
            head_of(bytes, verified.n_locals as usize)
        };
        let Some(mut head) = head else { return Err(self.bad()) };
        head.n_state = verified.n_locals.saturating_add(verified.n_stack);
        head.n_exc = verified.n_exc;
        head.n_free = verified.n_free;
        vm.new_code(head, |vm, out| {
            if let Some(s) = vm.get(data).cast::<StrObj>() {
                out.copy_from_slice(s.bytes());
            }
        })
    }
}

impl Builder for Loader<'_> {
    type Error = Raised;

    fn tables(&mut self, _strings: u32, _objects: u32) -> Result<(), Raised> {
        // the counts are not to be trusted: the lists grow with what is really there
        Ok(())
    }

    fn fixed_string(&mut self, string: Qstr) -> Result<(), Raised> {
        let scope = self.vm.scope();
        let name = self.vm.push(Value::qstr(string));
        self.vm.list_append(self.names, name)?;
        self.vm.end_scope(scope);
        Ok(())
    }

    fn begin_piece(&mut self, piece: Piece, _len: u32) -> Result<(), Raised> {
        self.kind = piece;
        if let Out::Buffer(buffer) = self.piece
            && let Some(b) = self.vm.get(buffer).cast::<ArrayObj>()
        {
            b.len.set(0);
        }
        self.vm.charge(1)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Raised> {
        self.vm.charge(bytes.len() as u32 / 8 + 1)?;
        self.vm.emit(self.piece, bytes)
    }

    fn end_piece(&mut self) -> Result<(), Raised> {
        let scope = self.vm.scope();
        match self.kind {
            Piece::String => {
                let text = self.text()?;
                let q = self.vm.intern_local(text)?;
                let name = self.vm.push(Value::qstr(q));
                self.vm.list_append(self.names, name)?;
            }
            Piece::Code => {
                let data = self.bytes_object()?;
                self.vm.set(self.data, self.vm.get(data));
            }
            kind => {
                let value = match kind {
                    Piece::Str => self.text()?,
                    Piece::Bytes => self.bytes_object()?,
                    Piece::Int => self.int()?,
                    Piece::Float => self.number(false)?,
                    _ => self.number(true)?,
                };
                self.constant(value)?;
            }
        }
        self.vm.end_scope(scope);
        Ok(())
    }

    fn singleton(&mut self, singleton: Singleton) -> Result<(), Raised> {
        self.constant(match singleton {
            Singleton::None => Local::NONE,
            Singleton::False => Local::FALSE,
            Singleton::True => Local::TRUE,
            Singleton::Ellipsis => Local::ELLIPSIS,
        })
    }

    fn begin_tuple(&mut self, _len: u32) -> Result<(), Raised> {
        let scope = self.vm.scope();
        let list = self.vm.new_list_empty()?;
        self.vm.list_append(self.tuples, list)?;
        self.vm.end_scope(scope);
        Ok(())
    }

    fn end_tuple(&mut self) -> Result<(), Raised> {
        let scope = self.vm.scope();
        let list = self.vm.list_pop(self.tuples);
        let tuple = self.vm.tuple_from_list(list)?;
        self.constant(tuple)?;
        self.vm.end_scope(scope);
        Ok(())
    }

    fn children(&mut self, count: u32) -> Result<(), Raised> {
        let scope = self.vm.scope();
        let code = self.code(count)?;
        let children = self.vm.new_list_empty()?;
        self.vm.list_append(self.functions, code)?;
        self.vm.list_append(self.functions, children)?;
        self.vm.end_scope(scope);
        Ok(())
    }

    fn end_function(&mut self) -> Result<(), Raised> {
        let scope = self.vm.scope();
        let children = self.vm.list_pop(self.functions);
        let code = self.vm.list_pop(self.functions);
        self.vm.set_children(code, children)?;
        match self.vm.list_len(self.functions).checked_sub(1) {
            Some(last) => {
                let parent = self.vm.push(self.vm.list_item(self.functions, last));
                self.vm.list_append(parent, code)?;
            }
            None => self.vm.set(self.root, self.vm.get(code)),
        }
        self.vm.end_scope(scope);
        Ok(())
    }
}
