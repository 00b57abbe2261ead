class Features(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : NoneType
  names : Dict[str, List[int]]
  mode : __torch__.Mode
  layer : __torch__.Layer
  seq : __torch__.torch.nn.modules.container.Sequential
  limit : Final[int] = 3
  def forward(self: __torch__.Features,
    x: Tensor) -> Tuple[Tuple[__torch__.Stats, Dict[str, Tensor], List[float], complex], List[int]]:
    a, b, = torch.chunk(x, 2)
    _0 = ((self).run(a, True, b, ), torch.size(b))
    return _0
  def run(self: __torch__.Features,
    x: Tensor,
    flag: bool=False,
    h: Optional[Tensor]=None) -> Tuple[__torch__.Stats, Dict[str, Tensor], List[float], complex]:
    _1 = __torch__.torch.nn.modules.container.Sequential.hook
    _2 = __torch__.torch.nn.modules.container.Sequential.post
    if torch.__is__(h, None):
      h0 = torch.zeros_like(x)
    else:
      h0 = unchecked_cast(Tensor, h)
    c = __torch__.Counter.__new__(__torch__.Counter)
    _3 = (c).__init__(2, )
    out = annotate(List[float], [])
    _4 = True
    while _4:
      i = (c).step(1, )
      if torch.eq(i, 5):
        _5 = flag
      else:
        _5 = False
      if _5:
        _6 = False
      else:
        _7 = torch.mul(1.0000000000000001e-05, i)
        _8 = torch.append(out, torch.sub(_7, inf))
        _6 = torch.lt(i, 10)
      _4 = _6
    def __forked_function():
      return __torch__.scale(x, 0.5, )
    f = fork(__forked_function)
    def __forked_function0():
      _9 = (self).helper(x, -1, "tab\t\"q\" \001 \\", )
      return _9
    g = fork(__forked_function0)
    y = torch.add(torch.wait(f), torch.sum(torch.wait(g)))
    _10 = __torch__.torch.autograd.grad_mode.no_grad.__new__(__torch__.torch.autograd.grad_mode.no_grad)
    _11 = (_10).__init__()
    with _10:
      seq = self.seq
      layer = self.layer
      _12 = _1(seq, ((layer).forward(y, ),), )
      _13, = _12
      _14 = _2(seq, _12, (seq).forward(_13, ), )
      y0 = torch.add(_14, h0)
    names = self.names
    _15 = torch.items(names)
    y1 = y0
    for _16 in range(torch.len(_15)):
      name, v, = _15[_16]
      _17 = torch.mul(torch.sum(v), torch.len(name))
      y1 = torch.add(y1, _17)
    d = {"y": y1, "none": x}
    mode = self.mode
    if torch.eq(mode, __torch__.Mode.SLOW):
      _18 = torch.select(y1, 0, 0)
      _19 = torch.tensor(1.5, dtype=ops.prim.dtype(_18), device=ops.prim.device(_18))
      _20 = torch.copy_(_18, _19)
    else:
      pass
    _21 = (__torch__.Stats(y1, 7), d, out, 1.5-2.j)
    return _21
  def helper(self: __torch__.Features,
    x: Tensor,
    k: int=-1,
    s: str="tab\t\"q\" \001 \\") -> Tensor:
    if torch.gt(torch.len(s), k):
      ops.prim.RaiseException(torch.format("bad value {}", k), "builtins.ValueError")
    else:
      pass
    _22 = torch.unsqueeze(torch.slice(x, -1, 1), -1)
    return torch.add(_22, k)
class Block(Module):
  __parameters__ = ["w", ]
  __buffers__ = ["shift", ]
  w : Tensor
  shift : Tensor
  training : bool
  _is_full_backward_hook : Optional[bool]
  def forward(self: __torch__.Block,
    x: Tensor) -> Tensor:
    w = self.w
    _23 = torch.mul(x, w)
    shift = self.shift
    return torch.relu(torch.add(_23, shift))
class Mode(Enum):
  FAST = 1
  SLOW = 2
class Layer(ModuleInterface):
  def forward(self, x: Tensor) -> Tensor:
    pass
class Stats(NamedTuple):
  mean : Tensor
  count : int
class Counter:
  n : int
  def __init__(self: __torch__.Counter,
    start: int) -> NoneType:
    self.n = start
    return None
  def step(self: __torch__.Counter,
    by: int) -> int:
    n = self.n
    self.n = torch.add(n, by)
    return self.n
def scale(x: Tensor,
    factor: float=10000000000) -> Tensor:
  return torch.mul(x, factor)
