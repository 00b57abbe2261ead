class Sequential(Module):
  __parameters__ = []
  __buffers__ = []
  __forward_pre_hooks__ = ["hook", ]
  __forward_hooks__ = ["post", ]
  training : bool
  _is_full_backward_hook : NoneType
  __annotations__["0"] = __torch__.Block
  __annotations__["1"] = __torch__.torch.nn.modules.activation.ReLU
  def forward(self: __torch__.torch.nn.modules.container.Sequential,
    input: Tensor) -> Tensor:
    _0 = getattr(self, "0")
    _1 = getattr(self, "1")
    input0 = (_0).forward(input, )
    return (_1).forward(input0, )
  def __len__(self: __torch__.torch.nn.modules.container.Sequential) -> int:
    return 2
  def post(m: __torch__.torch.nn.modules.container.Sequential,
    inp: Tuple[Tensor],
    out: Tensor) -> Tensor:
    return torch.mul(out, 2)
  def hook(m: __torch__.torch.nn.modules.container.Sequential,
    inp: Tuple[Tensor]) -> Tuple[Tensor]:
    return (torch.add((inp)[0], 1),)
