hammer = 1
