// Runs a graph that tracing.py recorded from PyTorch. Knows general tensor operations and no model.
// load(graph) allocates every tensor once, turns each node into a closure over its buffers, runs
// what depends on constants only, and returns { set(name, values), run(), get(name) }.

const ARRAY = { float64: Float64Array, float32: Float32Array, int64: Int32Array, int32: Int32Array,
                bool: Uint8Array, float16: Uint16Array };
const count = (shape) => shape.reduce((n, s) => n * s, 1);
const strides = (shape) => { const s = []; let n = 1; for (let d = shape.length; d--; n *= shape[d]) s[d] = n; return s; };
const axis = (d, shape) => (d < 0 ? d + shape.length : d);

// The places, in the order of an array of `shape`, that given strides and an offset visit.
function places(shape, step, offset = 0) {
  const map = new Int32Array(count(shape)), at = shape.map(() => 0);
  for (let i = 0, p = offset; i < map.length; i++) {
    map[i] = p;
    for (let d = shape.length; d--;) {
      p += step[d];
      if (++at[d] < shape[d]) break;
      p -= step[d] * shape[d]; at[d] = 0;
    }
  }
  return map;
}
// Strides that stretch axes of length 1 to `shape`, as broadcasting does.
function stretched(from, shape) {
  const s = strides(from), lead = shape.length - from.length;
  return shape.map((_, d) => (d < lead || from[d - lead] === 1 ? 0 : s[d - lead]));
}
const broadcast = (x, shape) => places(shape, stretched(x.shape, shape));
const same = (a, b) => a.length === b.length && a.every((s, d) => s === b[d]);

// ---- one number from one, two or three
function erf(x) {                                  // 2/√π e^(-x²) Σ (2x²)^n x / (1·3·…·(2n+1)): no cancellation
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) sum += (term *= 2 * x * x / (2 * n + 1));
  return 1.1283791670955126 * Math.exp(-x * x) * sum;
}
function even(x) { const r = Math.round(x); return Math.abs(x % 1) === 0.5 && r % 2 ? r - 1 : r; }
const UNARY = {
  neg: (x) => -x, exp: Math.exp, log: Math.log, log1p: Math.log1p, expm1: Math.expm1, sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x), sin: Math.sin, cos: Math.cos, tan: Math.tan, atan: Math.atan, tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)), relu: (x) => (x < 0 ? 0 : x), erf, abs: Math.abs, sign: (x) => (x > 0) - (x < 0),
  reciprocal: (x) => 1 / x, floor: Math.floor, ceil: Math.ceil, round: even, logical_not: (x) => x === 0,
  bitwise_not: (x) => ~x, isnan: (x) => x !== x,
};
const BINARY = {
  add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => a / b, pow: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  maximum: Math.max, minimum: Math.min, atan2: Math.atan2, fmod: (a, b) => a % b, remainder: (a, b) => { const r = a % b; return r !== 0 && r < 0 !== b < 0 ? r + b : r; },
  eq: (a, b) => a === b, ne: (a, b) => a !== b, lt: (a, b) => a < b, le: (a, b) => a <= b, gt: (a, b) => a > b, ge: (a, b) => a >= b,
  logical_and: (a, b) => a !== 0 && b !== 0, logical_or: (a, b) => a !== 0 || b !== 0, bitwise_and: (a, b) => a & b, bitwise_or: (a, b) => a | b,
};
function floored(a, b) {                           // as PyTorch and Python do: 1.0 // 0.1 is 9
  if (b === 0) return a / b;
  const rest = a % b, whole = (a - rest) / b - (rest !== 0 && b < 0 !== rest < 0 ? 1 : 0), low = Math.floor(whole);
  return whole ? low + (whole - low > 0.5 ? 1 : 0) : 0 * Math.sign(a / b);
}
const scalar = (x) => (typeof x === 'string' ? { inf: Infinity, '-inf': -Infinity, nan: NaN }[x] : Number(x));
const tensor = (x) => (x !== null && typeof x === 'object' ? x : { shape: [], data: Float64Array.of(scalar(x)) });

function unary(f) {
  return (out, x) => { const o = out.data, a = x.data; return () => { for (let i = 0; i < o.length; i++) o[i] = f(a[i]); }; };
}
const copied = unary((x) => x), truth = unary((x) => x !== 0);
const copy = (out, x) => (out.dtype === 'bool' ? truth : copied)(out, x);
function binary(f) {
  return (out, x, y, third) => {
    [x, y] = [tensor(x), tensor(y)];
    const o = out.data, a = x.data, b = y.data, n = o.length;
    if (third === 'floor') return binary(floored)(out, x, y);
    if (third === 'trunc') return binary(out.dtype === 'float32' ? (p, q) => Math.trunc(Math.fround(p / q)) : (p, q) => Math.trunc(p / q))(out, x, y);
    if (typeof third === 'number') return binary((p, q) => f(p, third * q))(out, x, y);      // alpha of add, sub
    if (same(x.shape, out.shape) && b.length === 1) return () => { const q = b[0]; for (let i = 0; i < n; i++) o[i] = f(a[i], q); };
    if (same(x.shape, out.shape) && same(y.shape, out.shape)) return () => { for (let i = 0; i < n; i++) o[i] = f(a[i], b[i]); };
    const p = broadcast(x, out.shape), q = broadcast(y, out.shape);
    return () => { for (let i = 0; i < n; i++) o[i] = f(a[p[i]], b[q[i]]); };
  };
}
function where(out, c, x, y) {
  [x, y] = [tensor(x), tensor(y)];
  const [m, p, q] = [c, x, y].map((t) => broadcast(t, out.shape)), o = out.data;
  return () => { for (let i = 0; i < o.length; i++) o[i] = c.data[m[i]] ? x.data[p[i]] : y.data[q[i]]; };
}
function clamp(out, x, low, high) {
  low = tensor(low ?? '-inf'); high = tensor(high ?? 'inf');
  const [r, p, q] = [x, low, high].map((t) => broadcast(t, out.shape)), o = out.data;
  return () => { for (let i = 0; i < o.length; i++) o[i] = Math.min(Math.max(x.data[r[i]], low.data[p[i]]), high.data[q[i]]); };
}

// ---- many numbers to one: the axes to fold go last, then each row is folded
function rows(x, dims) {
  dims = (dims?.length ? dims : x.shape.map((_, d) => d)).map((d) => axis(d, x.shape));
  const kept = x.shape.map((_, d) => d).filter((d) => !dims.includes(d)), order = [...kept, ...dims], step = strides(x.shape);
  return { map: places(order.map((d) => x.shape[d]), order.map((d) => step[d])), length: count(dims.map((d) => x.shape[d])) };
}
function fold(first, f, last = (sum) => sum) {
  return (out, x, dims) => {
    const { map, length } = rows(x, dims), o = out.data, a = x.data;
    return () => {
      for (let i = 0, k = 0; i < o.length; i++) {
        let sum = first;
        for (const end = k + length; k < end; k++) sum = f(sum, a[map[k]]);
        o[i] = last(sum, length);
      }
    };
  };
}
function best(better) {
  return (out, x, dim) => {
    const { map, length } = rows(x, dim === null || dim === undefined ? [] : [dim]), o = out.data, a = x.data;
    return () => {
      for (let i = 0; i < o.length; i++) {
        let k = 0;
        for (let j = 1; j < length; j++) if (better(a[map[i * length + j]], a[map[i * length + k]])) k = j;
        o[i] = k;
      }
    };
  };
}
function along(each) {                                        // runs each(places of one row) for the rows along an axis
  return (out, x, dim, ...more) => {
    const { map, length } = rows(x, [dim]), n = x.data.length;
    return () => { for (let i = 0; i < n; i += length) each(out, x, map.subarray(i, i + length), ...more); };
  };
}
const cumsum = along((out, x, row) => { let sum = 0; for (const p of row) out.data[p] = sum += x.data[p]; });
const above = (a, b) => (a !== a) - (b !== b) || (a > b) - (a < b);   // NaN is the largest
const sort = along(([values, index], x, row, descending) => {
  const order = Array.from(row, (_, k) => k).sort((i, j) => (descending ? -1 : 1) * above(x.data[row[i]], x.data[row[j]]) || i - j);
  order.forEach((k, i) => { values.data[row[i]] = x.data[row[k]]; index.data[row[i]] = k; });
});

// ---- the same numbers in another order: a list of places, made once
function take(arrange) {
  return (out, x, ...args) => {
    const map = arrange(x, out.shape, ...args), o = out.data, a = x.data;
    return () => { for (let i = 0; i < o.length; i++) o[i] = a[map[i]]; };
  };
}
const permute = take((x, shape, order) => { const s = strides(x.shape); return places(shape, order.map((d) => s[axis(d, x.shape)])); });
const expand = take(broadcast);
const slice = take((x, shape, d = 0, start = 0, end, step = 1) => {
  const s = strides(x.shape), n = x.shape[d = axis(d, x.shape)], from = Math.min((start ?? 0) < 0 ? start + n : start ?? 0, n);
  return places(shape, s.map((v, k) => (k === d ? v * step : v)), Math.max(from, 0) * s[d]);
});
const select = take((x, shape, d, i) => {
  const s = strides(x.shape); d = axis(d, x.shape);
  return places(shape, s.filter((_, k) => k !== d), (i < 0 ? i + x.shape[d] : i) * s[d]);
});
const flip = take((x, shape, dims) => {
  const s = strides(x.shape); let offset = 0;
  for (const raw of dims) { const d = axis(raw, x.shape); offset += (x.shape[d] - 1) * s[d]; s[d] = -s[d]; }
  return places(shape, s, offset);
});
const diagonal = take((x, shape, offset = 0, i = 0, j = 1) => {
  const s = strides(x.shape); [i, j] = [axis(i, x.shape), axis(j, x.shape)];
  return places(shape, [...s.filter((_, k) => k !== i && k !== j), s[i] + s[j]], offset < 0 ? -offset * s[i] : offset * s[j]);
});
const repeat = take((x, shape, times) => {
  const old = [...Array(shape.length - x.shape.length).fill(1), ...x.shape], s = strides(old);
  const inner = places(times.flatMap((t, d) => [t, old[d]]), s.flatMap((v) => [0, v]));
  return inner;
});
function cat(out, parts, dim = 0) {
  const s = strides(out.shape), d = axis(dim, out.shape); let offset = 0;
  const maps = parts.map((x) => { const map = places(x.shape, s, offset); offset += (x.shape[d] ?? 0) * s[d]; return map; });
  return () => parts.forEach((x, k) => { for (let i = 0; i < x.data.length; i++) out.data[maps[k][i]] = x.data[i]; });
}
function constant_pad_nd(out, x, pad, value = 0) {
  const s = strides(out.shape), n = out.shape.length, low = out.shape.map((_, d) => pad[2 * (n - 1 - d)] ?? 0);
  const high = out.shape.map((_, d) => pad[2 * (n - 1 - d) + 1] ?? 0), o = out.data;
  if ([...low, ...high].some((p) => p < 0)) throw new Error('constant_pad_nd: negative padding');
  const map = places(x.shape, s, low.reduce((sum, p, d) => sum + p * s[d], 0));
  return () => { o.fill(scalar(value)); for (let i = 0; i < map.length; i++) o[map[i]] = x.data[i]; };
}

// ---- products
function product(A, B, O, a, b, o, n, m, k, row) {            // O (n×m) at o = A (n×k) at a times B (k×m) at b
  for (let i = 0; i < n; i++, a += k, o += m) {
    row.fill(0);
    let t = 0, p = b;
    for (; t + 4 <= k; t += 4, p += 4 * m) {                   // four rows of B a pass: fewer reads and writes of `row`
      const w = A[a + t], x = A[a + t + 1], y = A[a + t + 2], z = A[a + t + 3], q = p + m, r = q + m, s = r + m;
      for (let j = 0; j < m; j++) row[j] += w * B[p + j] + x * B[q + j] + y * B[r + j] + z * B[s + j];
    }
    for (; t < k; t++, p += m) for (let j = 0, x = A[a + t]; j < m; j++) row[j] += x * B[p + j];
    O.set(row, o);
  }
}
function bmm(out, x, y) {
  const [n, k] = x.shape.slice(-2), m = y.shape.at(-1), batch = count(x.shape.slice(0, -2)), row = new Float64Array(m);
  return () => { for (let i = 0; i < batch; i++) product(x.data, y.data, out.data, i * n * k, i * k * m, i * n * m, n, m, k, row); };
}
// Every weight joins a place q of the smaller grid with the place q·stride - padding + t·dilation of the
// larger one. A convolution reads the larger and writes the smaller, a transposed one the other way round.
function convolution(out, x, w, bias, stride, padding, dilation, transposed, _, groups) {
  const three = (shape) => [...shape.slice(2), 1].slice(0, 2), two = (list) => [...list, ...(list.length < 2 ? [0] : [])];
  const small = transposed ? x : out, large = transposed ? out : x, [h, v] = three(small.shape), [H, V] = three(large.shape);
  const [kh, kv] = three(w.shape), [sh, sv] = two(stride), [ph, pv] = two(padding), [dh, dv] = two(dilation);
  const cs = w.shape[0], cl = w.shape[1], CL = cl * groups, W = w.data, S = small.data, L = large.data, sum = new Float64Array(out.data.length);
  return () => {
    for (let i = 0, each = sum.length / (out.shape[0] * out.shape[1]); i < sum.length; i++) sum[i] = bias ? bias.data[Math.floor(i / each) % out.shape[1]] : 0;
    for (let b = 0; b < x.shape[0]; b++) for (let c = 0; c < cs; c++) for (let e = 0; e < cl; e++) {
      const C = Math.floor(c / (cs / groups)) * cl + e, atS = (b * cs + c) * h * v, atL = (b * CL + C) * H * V, atW = (c * cl + e) * kh * kv;
      for (let t = 0; t < kh; t++) for (let u = 0; u < kv; u++) {
        const weight = W[atW + t * kv + u];
        for (let i = 0; i < h; i++) {
          const y = i * sh - ph + t * dh;
          if (y < 0 || y >= H) continue;
          for (let j = 0; j < v; j++) {
            const z = j * sv - pv + u * dv;
            if (z < 0 || z >= V) continue;
            const s = atS + i * v + j, l = atL + y * V + z;
            if (transposed) sum[l] += weight * S[s]; else sum[s] += weight * L[l];
          }
        }
      }
    }
    out.data.set(sum);
  };
}
function max_pool2d_with_indices([out, index], x, kernel, stride, padding = [0, 0], dilation = [1, 1]) {
  const pair = (p) => (p.length > 1 ? p : [p[0], p[0]]), [kh, kv] = pair(kernel), [sh, sv] = pair(stride?.length ? stride : kernel);
  const [ph, pv] = pair(padding), [dh, dv] = pair(dilation), [H, V] = x.shape.slice(-2), [h, v] = out.shape.slice(-2), a = x.data;
  return () => {
    for (let o = 0; o < out.data.length; o++) {
      const plane = Math.floor(o / (h * v)) * H * V, i = Math.floor(o / v) % h, j = o % v;
      let top = -Infinity, at = -1;
      for (let t = 0; t < kh; t++) for (let u = 0; u < kv; u++) {
        const y = i * sh - ph + t * dh, z = j * sv - pv + u * dv;
        if (y >= 0 && y < H && z >= 0 && z < V && (at < 0 || a[plane + y * V + z] > top)) { at = y * V + z; top = a[plane + at]; }
      }
      out.data[o] = top; if (index) index.data[o] = at;
    }
  };
}

// ---- places that are themselves data
function picked(x, index, shape) {                            // shape: of x[index]; gives a function to places
  const used = index.map((t, d) => (t ? d : -1)).filter((d) => d >= 0), first = used[0], s = strides(x.shape);
  if (used.some((d, i) => d !== first + i)) throw new Error('index: indexed axes that are not neighbours');
  const lead = x.shape.slice(0, first), tail = x.shape.slice(first + used.length), middle = shape.slice(lead.length, shape.length - tail.length);
  const fixed = places(shape, [...s.slice(0, first), ...middle.map(() => 0), ...s.slice(first + used.length)]);
  const step = strides(middle), around = [...lead.map(() => 0), ...step, ...tail.map(() => 0)], which = places(shape, around);
  const maps = used.map((d) => broadcast(index[d], middle));
  return (i) => {
    let p = fixed[i];
    for (let k = 0; k < used.length; k++) {
      const d = used[k], v = index[d].data[maps[k][which[i]]];
      p += (v < 0 ? v + x.shape[d] : v) * s[d];
    }
    return p;
  };
}
function index(out, x, list) {
  const at = picked(x, list, out.shape), o = out.data;
  return () => { for (let i = 0; i < o.length; i++) o[i] = x.data[at(i)]; };
}
function index_put(out, x, list, values, accumulate) {
  const used = list.filter(Boolean), first = list.findIndex(Boolean), wide = used.reduce((s, t) => (t.shape.length > s.length ? t.shape : s), []);
  const middle = wide.map((_, d) => Math.max(...used.map((t) => t.shape[d - wide.length + t.shape.length] ?? 1)));
  const shape = [...x.shape.slice(0, first), ...middle, ...x.shape.slice(first + used.length)], n = count(shape);
  const at = picked(x, list, shape), from = broadcast(values, shape), o = out.data;
  return () => { o.set(x.data); for (let i = 0; i < n; i++) { const p = at(i); o[p] = (accumulate ? o[p] : 0) + values.data[from[i]]; } };
}
function gather(out, x, dim, idx) {
  const s = strides(x.shape), d = axis(dim, x.shape), base = places(idx.shape, s.map((v, k) => (k === d ? 0 : v)));
  return () => { for (let i = 0; i < base.length; i++) out.data[i] = x.data[base[i] + idx.data[i] * s[d]]; };
}
const scatter = (adds) => (out, x, dim, idx, src) => {
  src = tensor(src);
  const s = strides(x.shape), d = axis(dim, x.shape), base = places(idx.shape, s.map((v, k) => (k === d ? 0 : v)));
  const from = src.shape.length ? places(idx.shape, strides(src.shape)) : new Int32Array(base.length), o = out.data;
  return () => { o.set(x.data); for (let i = 0; i < base.length; i++) { const p = base[i] + idx.data[i] * s[d]; o[p] = (adds ? o[p] : 0) + src.data[from[i]]; } };
};

export const OPS = {
  ...Object.fromEntries(Object.entries(UNARY).map(([name, f]) => [name, unary(f)])),
  ...Object.fromEntries(Object.entries(BINARY).map(([name, f]) => [name, binary(f)])),
  copy, where, clamp, sum: fold(0, (s, x) => s + x), mean: fold(0, (s, x) => s + x, (s, n) => s / n), prod: fold(1, (s, x) => s * x),
  amax: fold(-Infinity, (s, x) => Math.max(s, x)), amin: fold(Infinity, (s, x) => Math.min(s, x)),
  any: fold(0, (s, x) => (s || x !== 0 ? 1 : 0)),
  argmax: best((a, b) => a > b || (a !== a && b === b)), argmin: best((a, b) => a < b || (a !== a && b === b)), cumsum, sort, permute, expand, slice, select, flip, diagonal, repeat,
  cat, constant_pad_nd, mm: bmm, bmm, convolution, max_pool2d_with_indices, index, index_put, gather,
  scatter: scatter(false), scatter_add: scatter(true),
};

// ---- from stored text to tensors
function bytes(text) { return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer; }
function half(h) {
  const sign = h & 0x8000 ? -1 : 1, e = (h >> 10) & 31, f = h & 1023;
  return sign * (e === 0 ? f * 2 ** -24 : e === 31 ? (f ? NaN : Infinity) : (1 + f / 1024) * 2 ** (e - 15));
}
function restore(stored, [shape, dtype]) {
  const data = new ARRAY[dtype](count(shape));
  if ('fill' in stored) return data.fill(scalar(stored.fill));
  const kind = Object.keys(stored)[0], raw = new ARRAY[kind](bytes(stored[kind]));
  if (kind === 'float16') return data.map((_, i) => half(raw[i]));
  return raw;
}

export function load(graph) {
  const tensors = graph.tensors.map(([shape, dtype], i) => ({ shape, dtype, fixed: i in graph.consts, data: i in graph.consts ? restore(graph.consts[i], [shape, dtype]) : null }));
  const fresh = (t) => { t.data ??= new ARRAY[t.dtype](count(t.shape)); };
  for (const i of Object.values(graph.inputs)) fresh(tensors[i]);
  const resolve = (a) => (Array.isArray(a) ? a.map(resolve) : typeof a === 'string' && a[0] === '%' ? tensors[+a.slice(1)] : a);
  const steps = [];
  for (const [name, args, out] of graph.nodes) {
    const given = args.map(resolve), fixed = given.flat().every((t) => !t?.shape || t.fixed);
    const outs = [out].flat().map((i) => tensors[i]);
    if (name === 'view') { outs[0].data = given[0].data; outs[0].fixed = fixed; continue; }      // the same numbers, other axes
    if (!OPS[name]) throw new Error(`run.js has no operation ${name}`);
    outs.forEach((t) => { if (t) { fresh(t); t.fixed = fixed; } });
    const step = OPS[name](Array.isArray(out) ? outs : outs[0], ...given);
    if (fixed) step(); else steps.push(step);
  }
  const place = (table, name) => { if (!(name in table)) throw new Error(`the graph has no ${name}`); return tensors[table[name]]; };
  return {
    inputs: Object.keys(graph.inputs), outputs: Object.keys(graph.outputs),
    set(name, values) {
      const { data } = place(graph.inputs, name), list = values.length === undefined ? [values] : values;
      if (list.length !== data.length) throw new Error(`${name}: expected ${data.length} numbers, got ${list.length}`);
      data.set(list);
    },
    get: (name) => place(graph.outputs, name),
    input: (name) => place(graph.inputs, name),
    run: () => { for (const step of steps) step(); },
  };
}
