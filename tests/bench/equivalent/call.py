def add(a, b):
    return a + b


def run():
    total = 0
    for i in range(1000000):
        total = add(total, i)
    return total


assert run() == 499999500000
