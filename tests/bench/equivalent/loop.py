def count(n):
    total = 0
    for i in range(n):
        for j in range(n):
            total = total + i * j % 7
    return total


assert count(1000) == 2570569
