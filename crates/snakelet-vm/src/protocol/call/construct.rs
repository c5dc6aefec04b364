//! Calls of classes: `__new__`, `__init__` and the built-in part of an instance.

use crate::exception::classes::TYPE_ERROR;
use crate::object::value::{Value, raw};
use crate::object::{ClassObj, Kind};
use crate::protocol::call::Call;
use crate::vm::cache::Found;
use crate::vm::frame;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, qstr};

impl Vm {
    /// Makes an instance and calls `__init__`.
    pub(super) fn call_class(
        &mut self,
        ret: usize,
        first: usize,
        positional: usize,
        keywords: usize,
        frame_flags: u16,
    ) -> Result<Call, Raised> {
        let class = Local::at(ret);
        let (has_new, native) = match self.get(class).cast::<ClassObj>() {
            Some(c) => (
                self.class_lookup(self.get(class), qstr!("__new__")).is_some(),
                c.native_base.get().as_native_type(),
            ),
            None => (false, None),
        };
        let instance = if has_new {
            let args = Args::new(Local::at(first), positional, keywords);
            let made = self.call_new(class, args)?;
            let own = self.is_subclass(self.type_of(self.get(made)), self.get(class));
            if !own {
                return Ok(Call::Done(made));
            }
            made
        } else {
            let instance = self.new_instance(class)?;
            if let Some(native) = native {
                self.make_native_part(class, instance, native, first, positional, keywords)?;
            }
            instance
        };
        let init = self.class_lookup(self.get(class), qstr!("__init__"));
        let Some(init) = init else {
            if positional + keywords > 0 && native.is_none() && !has_new {
                return Err(
                    self.type_error("function takes 0 positional arguments but more were given")
                );
            }
            return Ok(Call::Done(instance));
        };
        let init = self.push(init);
        let extra = self.get(instance).word();
        let init_word = self.get(init).word();
        // back to callable and arguments, with the instance inserted as first of them; nothing
        // is allocated until both are on the stack again
        self.rt.stack.set_top(first + positional + 2 * keywords);
        let is_function = matches!(self.rt_kind(init_word), Some(Kind::Function));
        if is_function {
            if !has_new && native.is_none() {
                let key = self.get(class).word();
                let name = Value::qstr(qstr!("__init__")).word();
                self.rt.caches.set_attr(key, name, Found::Init, init_word);
            }
            self.insert_slots(first, 1)?;
            self.rt.stack.write(first, extra);
            self.rt.stack.write(ret, init_word);
            return self.enter_init(ret, first, positional + 1, keywords, frame_flags);
        }
        self.insert_slots(first, 1)?;
        self.rt.stack.write(first, extra);
        let keep = self.copy_below(ret, extra, init_word, first, positional + 1, keywords)?;
        Ok(Call::Done(keep))
    }

    /// Enters the `__init__` function in slot `ret`; the instance is its first argument.
    pub(crate) fn enter_init(
        &mut self,
        ret: usize,
        first: usize,
        positional: usize,
        keywords: usize,
        frame_flags: u16,
    ) -> Result<Call, Raised> {
        let flags = frame_flags | frame::INSTANCE;
        self.enter(ret, Local::at(ret), first, positional, keywords, flags, Local::at(first))
    }

    fn rt_kind(&self, word: crate::object::value::Word) -> Option<Kind> {
        if raw::is_ref(word) { Some(Kind::of_header(raw::header_of(word))) } else { None }
    }

    /// Calls an `__init__` that is no plain function, and keeps the instance over the call.
    fn copy_below(
        &mut self,
        ret: usize,
        instance: crate::object::value::Word,
        init: crate::object::value::Word,
        first: usize,
        positional: usize,
        keywords: usize,
    ) -> Res {
        // the class slot keeps the instance; the call is made on a copy above
        self.rt.stack.write(ret, instance);
        let callable = self.rt.stack.push(init);
        for i in 0..positional + 2 * keywords {
            let word = self.rt.stack.read(first + i);
            self.rt.stack.push(word);
        }
        let result = self.call(callable, Args::new(callable.offset(1), positional, keywords))?;
        if !self.get(result).is_none() {
            return Err(self.type_error("__init__() should return None"));
        }
        self.rt.stack.set_top(callable.index());
        Ok(Local::at(ret))
    }

    /// Calls `__new__` of a class.
    fn call_new(&mut self, class: Local, args: Args) -> Res {
        let found = self.class_lookup(self.get(class), qstr!("__new__"));
        let found = match found {
            Some(f) => self.push(f),
            None => return self.new_instance(class),
        };
        // `__new__` is a static method whether it says so or not
        let function = match self.get(found).cast::<crate::object::Wrapper>() {
            Some(w) => self.push(w.function.get()),
            None => found,
        };
        let first = self.push_copy(function);
        self.push_copy(class);
        for i in 0..args.len() + 2 * args.keywords() {
            self.push_copy(args.first().offset(i));
        }
        self.call(first, Args::new(first.offset(1), args.len() + 1, args.keywords()))
    }

    /// Makes the built-in part of an instance: at once with the arguments when the class has no
    /// `__init__` of its own (or the type is immutable), else empty.
    pub(crate) fn make_native_part(
        &mut self,
        class: Local,
        instance: Local,
        native: &'static crate::native::NativeType,
        first: usize,
        positional: usize,
        keywords: usize,
    ) -> Result<(), Raised> {
        let Some(make) = native.slots.make() else {
            return Err(self.type_error("type is not an acceptable base type"));
        };
        let has_init = self.class_lookup(self.get(class), qstr!("__init__")).is_some();
        let scope = self.scope();
        let native_type = self.push(Value::from_ref(native));
        let exception = native.is_subtype(&crate::exception::classes::BASE_EXCEPTION);
        let value = native.is_value();
        let args = if has_init && !exception && !value {
            Args::none()
        } else {
            Args::new(Local::at(first), positional, if exception { 0 } else { keywords })
        };
        let part = if has_init && !exception {
            // the base's `__init__`, if called, fills it; some types need arguments though, and
            // others have no use for those that are meant for `__init__`
            match make(self, native_type, args) {
                Ok(part) => part,
                Err(_) if self.raised_is(&TYPE_ERROR) => {
                    self.forget_raised();
                    let all = Args::new(Local::at(first), positional, keywords);
                    make(self, native_type, if value { Args::none() } else { all })?
                }
                Err(raised) => return Err(raised),
            }
        } else {
            make(self, native_type, args)?
        };
        self.set_native_part(instance, part);
        self.end_scope(scope);
        Ok(())
    }
}
