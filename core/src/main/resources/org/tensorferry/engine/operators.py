# Operators that PyTorch files call and libtorch alone does not have, in TorchScript, as torchvision
# documents them. Each stands for the operator whose namespace and name its own name joins by `__`.

def torchvision__nms(dets: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
  order = torch.argsort(scores, stable=True, dim=0, descending=True)
  boxes = torch.index_select(dets, 0, order)
  left, top, right, bottom = torch.unbind(boxes, 1)
  areas = torch.mul(torch.sub(right, left), torch.sub(bottom, top))
  count = boxes.size(0)
  removed = torch.zeros([count], dtype=11)
  kept : List[int] = []
  for i in range(count):
    if not bool(torch.select(removed, 0, i)):
      kept.append(i)
      width = torch.clamp(torch.sub(torch.minimum(right, right[i]), torch.maximum(left, left[i])), 0)
      height = torch.clamp(torch.sub(torch.minimum(bottom, bottom[i]), torch.maximum(top, top[i])), 0)
      inside = torch.mul(width, height)
      overlap = torch.div(inside, torch.sub(torch.add(areas, areas[i]), inside))
      removed = torch.logical_or(removed, torch.gt(overlap, iou_threshold))
  return torch.index_select(order, 0, torch.tensor(kept, dtype=4))

# Where samples lie between the cells of an axis: the cells on both sides, the share of the second
# one, and whether the sample counts at all.
def between(at: Tensor, size: int) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
  counts = torch.logical_and(torch.ge(at, -1), torch.le(at, size))
  inner = torch.clamp(at, 0)
  low = torch.clamp(inner.to(4), None, size - 1)
  high = torch.clamp(torch.add(low, 1), None, size - 1)
  share = torch.where(torch.ge(low, size - 1), torch.zeros_like(inner), torch.sub(inner, low))
  return (low, high, share, counts)

# The samples of a region along one axis, and how many there are to a bin.
def samples(start: Tensor, end: Tensor, bins: int, ratio: int, aligned: bool) -> Tuple[Tensor, int]:
  length = torch.sub(end, start)
  if not aligned:
    length = torch.clamp(length, 1)
  bin = torch.div(length, bins)
  number = ratio
  if ratio <= 0:
    number = max(int(torch.ceil(bin)), 0)
  firsts = torch.mul(torch.unsqueeze(torch.arange(bins, dtype=start.dtype), 1), bin)
  steps = torch.div(torch.mul(torch.add(torch.arange(number, dtype=start.dtype), 0.5), bin), max(number, 1))
  return (torch.flatten(torch.add(torch.add(firsts, start), steps)), number)

# One region's bins of every channel: each the mean of its samples.
def aligned_bins(picture: Tensor, region: Tensor, height: int, width: int, ratio: int, aligned: bool) -> Tensor:
  ys, rows = __torch__.tensorferry.samples(region[2], region[4], height, ratio, aligned)
  xs, columns = __torch__.tensorferry.samples(region[1], region[3], width, ratio, aligned)
  top, bottom, below, inY = __torch__.tensorferry.between(ys, picture.size(1))
  left, right, beyond, inX = __torch__.tensorferry.between(xs, picture.size(2))
  above = torch.index_select(picture, 1, top)
  under = torch.index_select(picture, 1, bottom)
  upper = torch.add(torch.mul(torch.index_select(above, 2, left), torch.rsub(beyond, 1)), torch.mul(torch.index_select(above, 2, right), beyond))
  lower = torch.add(torch.mul(torch.index_select(under, 2, left), torch.rsub(beyond, 1)), torch.mul(torch.index_select(under, 2, right), beyond))
  down = torch.unsqueeze(below, 1)
  values = torch.add(torch.mul(upper, torch.rsub(down, 1)), torch.mul(lower, down))
  values = torch.mul(values, torch.logical_and(torch.unsqueeze(inY, 1), inX))
  bins = torch.reshape(values, [picture.size(0), height, rows, width, columns])
  return torch.div(torch.sum(bins, [2, 4]), max(rows * columns, 1))

# The first cell of each bin along an axis and the one behind its last, of corners in cells.
def bounds(start: Tensor, end: Tensor, more: int, bins: int, size: int) -> Tuple[List[int], List[int]]:
  corners = torch.stack([start, end])
  cells = torch.mul(torch.sign(corners), torch.floor(torch.add(torch.abs(corners), 0.5)))
  bin = torch.div(torch.clamp(torch.add(torch.sub(cells[1], cells[0]), more), 1), bins)
  edges = torch.mul(torch.arange(bins + 1, dtype=start.dtype), bin)
  firsts : List[int] = []
  ends : List[int] = []
  for i in range(bins):
    firsts.append(min(max(int(torch.floor(edges[i])) + int(cells[0]), 0), size))
    ends.append(min(max(int(torch.ceil(edges[i + 1])) + int(cells[0]), 0), size))
  return (firsts, ends)

def torchvision__roi_align(input: Tensor, rois: Tensor, spatial_scale: float, pooled_height: int, pooled_width: int, sampling_ratio: int, aligned: bool) -> Tensor:
  shift = 0.
  if aligned:
    shift = 0.5
  pooled : List[Tensor] = []
  for i in range(rois.size(0)):
    region = torch.sub(torch.mul(rois[i], spatial_scale), shift)
    pooled.append(__torch__.tensorferry.aligned_bins(input[int(rois[i][0])], region, pooled_height, pooled_width, sampling_ratio, aligned))
  if len(pooled) == 0:
    return torch.zeros([0, input.size(1), pooled_height, pooled_width], dtype=input.dtype)
  return torch.stack(pooled)

# Of every channel the bin that it stands for.
def torchvision__ps_roi_align(input: Tensor, rois: Tensor, spatial_scale: float, pooled_height: int, pooled_width: int, sampling_ratio: int) -> Tuple[Tensor, Tensor]:
  channels = input.size(1) // (pooled_height * pooled_width)
  pooled : List[Tensor] = []
  for i in range(rois.size(0)):
    region = torch.sub(torch.mul(rois[i], spatial_scale), 0.5)
    bins = __torch__.tensorferry.aligned_bins(input[int(rois[i][0])], region, pooled_height, pooled_width, sampling_ratio, True)
    all = torch.reshape(bins, [channels, pooled_height, pooled_width, pooled_height, pooled_width])
    pooled.append(torch.diagonal(torch.diagonal(all, 0, 1, 3), 0, 1, 2))
  result = torch.zeros([0, channels, pooled_height, pooled_width], dtype=input.dtype)
  if len(pooled) > 0:
    result = torch.stack(pooled)
  mapping = torch.reshape(torch.arange(input.size(1), dtype=3), [1, channels, pooled_height, pooled_width])
  return (result, mapping.expand([rois.size(0), -1, -1, -1]))

def torchvision__roi_pool(input: Tensor, rois: Tensor, spatial_scale: float, pooled_height: int, pooled_width: int) -> Tuple[Tensor, Tensor]:
  count = rois.size(0)
  width = input.size(3)
  result = torch.zeros([count, input.size(1), pooled_height, pooled_width], dtype=input.dtype)
  places = torch.full([count, input.size(1), pooled_height, pooled_width], -1, dtype=3)
  for i in range(count):
    picture = input[int(rois[i][0])]
    region = torch.mul(rois[i], spatial_scale)
    tops, bottoms = __torch__.tensorferry.bounds(region[2], region[4], 1, pooled_height, input.size(2))
    lefts, rights = __torch__.tensorferry.bounds(region[1], region[3], 1, pooled_width, width)
    for y in range(pooled_height):
      for x in range(pooled_width):
        if bottoms[y] > tops[y] and rights[x] > lefts[x]:
          cells = picture[:, tops[y]:bottoms[y], lefts[x]:rights[x]]
          most, at = torch.max(torch.flatten(cells, 1), 1)
          across = rights[x] - lefts[x]
          down = torch.div(at, across, rounding_mode="floor")
          result[i, :, y, x] = most
          places[i, :, y, x] = torch.add(torch.mul(torch.add(down, tops[y]), width), torch.add(torch.remainder(at, across), lefts[x])).to(3)
  return (result, places)

def torchvision__ps_roi_pool(input: Tensor, rois: Tensor, spatial_scale: float, pooled_height: int, pooled_width: int) -> Tuple[Tensor, Tensor]:
  channels = input.size(1) // (pooled_height * pooled_width)
  count = rois.size(0)
  result = torch.zeros([count, channels, pooled_height, pooled_width], dtype=input.dtype)
  for i in range(count):
    picture = torch.reshape(input[int(rois[i][0])], [channels, pooled_height, pooled_width, input.size(2), input.size(3)])
    region = torch.mul(rois[i], spatial_scale)
    tops, bottoms = __torch__.tensorferry.bounds(region[2], region[4], 0, pooled_height, input.size(2) - 1)
    lefts, rights = __torch__.tensorferry.bounds(region[1], region[3], 0, pooled_width, input.size(3) - 1)
    for y in range(pooled_height):
      for x in range(pooled_width):
        if bottoms[y] > tops[y] and rights[x] > lefts[x]:
          cells = picture[:, y, x, tops[y]:bottoms[y], lefts[x]:rights[x]]
          result[i, :, y, x] = torch.mean(cells, [1, 2])
  mapping = torch.reshape(torch.arange(input.size(1), dtype=3), [1, channels, pooled_height, pooled_width])
  return (result, mapping.expand([count, -1, -1, -1]))

def torchvision__deform_conv2d(input: Tensor, weight: Tensor, offset: Tensor, mask: Tensor, bias: Tensor, stride_h: int, stride_w: int, pad_h: int, pad_w: int, dilation_h: int, dilation_w: int, groups: int, offset_groups: int, use_mask: bool) -> Tensor:
  batch, channels, height, width = input.size()
  out, _, kernel_h, kernel_w = weight.size()
  taps = kernel_h * kernel_w
  rows = offset.size(2)
  columns = offset.size(3)
  offsets = torch.reshape(offset, [batch, offset_groups, taps, 2, rows, columns])
  tap = torch.arange(taps)
  tap_y = torch.sub(torch.mul(torch.div(tap, kernel_w, rounding_mode="floor"), dilation_h), pad_h)
  tap_x = torch.sub(torch.mul(torch.remainder(tap, kernel_w), dilation_w), pad_w)
  down = torch.mul(torch.arange(rows), stride_h)
  along = torch.mul(torch.arange(columns), stride_w)
  y = torch.add(torch.select(offsets, 3, 0), torch.reshape(torch.add(torch.unsqueeze(tap_y, 1), down), [taps, rows, 1]))
  x = torch.add(torch.select(offsets, 3, 1), torch.reshape(torch.add(torch.unsqueeze(tap_x, 1), along), [taps, 1, columns]))
  counts = torch.logical_and(torch.logical_and(torch.gt(y, -1), torch.lt(y, height)), torch.logical_and(torch.gt(x, -1), torch.lt(x, width)))
  low_y = torch.floor(y)
  low_x = torch.floor(x)
  share_y = torch.sub(y, low_y)
  share_x = torch.sub(x, low_x)
  cells = torch.reshape(input, [batch, offset_groups, channels // offset_groups, height * width])
  sampled = torch.zeros([batch, offset_groups, channels // offset_groups, taps * rows * columns], dtype=input.dtype)
  for corner in range(4):
    at_y = torch.add(low_y, corner // 2)
    at_x = torch.add(low_x, corner % 2)
    weight_y = share_y
    if corner // 2 == 0:
      weight_y = torch.rsub(share_y, 1)
    weight_x = share_x
    if corner % 2 == 0:
      weight_x = torch.rsub(share_x, 1)
    inside = torch.logical_and(torch.logical_and(torch.ge(at_y, 0), torch.lt(at_y, height)), torch.logical_and(torch.ge(at_x, 0), torch.lt(at_x, width)))
    share = torch.mul(torch.mul(weight_y, weight_x), torch.logical_and(inside, counts))
    cell = torch.add(torch.mul(torch.clamp(at_y, 0, height - 1), width), torch.clamp(at_x, 0, width - 1))
    index = torch.reshape(cell.to(4), [batch, offset_groups, 1, taps * rows * columns])
    found = torch.gather(cells, 3, index.expand([batch, offset_groups, channels // offset_groups, taps * rows * columns]))
    sampled = torch.add(sampled, torch.mul(found, torch.reshape(share, [batch, offset_groups, 1, taps * rows * columns])))
  if use_mask:
    sampled = torch.mul(sampled, torch.reshape(mask, [batch, offset_groups, 1, taps * rows * columns]))
  inputs = torch.reshape(sampled, [batch, groups, channels // groups * taps, rows * columns])
  kernels = torch.reshape(weight, [groups, out // groups, channels // groups * taps])
  result = torch.reshape(torch.matmul(kernels, inputs), [batch, out, rows, columns])
  return torch.add(result, torch.reshape(bias, [1, out, 1, 1]))

# Where a model would call an operator that this libtorch is too old for.
def missing(operator: str) -> Tensor:
  ops.prim.RaiseException(torch.format("this libtorch has no operator `{}`", operator))
  return torch.zeros([0])
