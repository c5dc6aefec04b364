"""The class of `os.environ`: a dict of the environment's variables. What is changed in it is changed there."""


class Environ(dict):
    def __init__(self, variables, put, unset):
        super().__init__(variables)
        self._put = put
        self._unset = unset

    def __setitem__(self, name, value):
        self._put(name, value)
        super().__setitem__(name, value)

    def __delitem__(self, name):
        super().__delitem__(name)
        self._unset(name)

    def pop(self, name, *default):
        value = super().pop(name, *default)
        self._unset(name)
        return value

    def popitem(self):
        item = super().popitem()
        self._unset(item[0])
        return item

    def setdefault(self, name, value):
        if name not in self:
            self[name] = value
        return self[name]

    def update(self, *others, **variables):
        for name, value in dict(*others, **variables).items():
            self[name] = value

    def clear(self):
        for name in list(self):
            del self[name]
