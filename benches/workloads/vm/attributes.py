# Instances: attributes, methods, inheritance.
class Account:
    def __init__(self, balance):
        self.balance = balance
        self.moves = 0

    def deposit(self, amount):
        self.balance += amount
        self.moves += 1
        return self


class Savings(Account):
    rate = 3

    def deposit(self, amount):
        return super().deposit(amount * self.rate)


def run():
    accounts = [Account(0), Savings(10)]
    for i in range(500):
        accounts[i & 1].deposit(i)
    return [(a.balance, a.moves) for a in accounts]


RESULT = [(62250, 250), (187510, 250)]
