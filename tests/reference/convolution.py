# What rows of convolution.def call, as test_convolution.c has it.
def running(x, y):
    """The running statistics after a step of training."""
    mean, var = held(y[0]), held(y[1])
    F.batch_norm(x.detach(), mean, var, None, None, True, 0.3)
    return torch.stack([mean, var])
