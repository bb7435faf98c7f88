// Arithmetic of a small Transformer on typed arrays. A matrix is {rows, columns, data}, row by row.

export function matrix(rows, columns, data = new Float32Array(rows * columns)) {
  return { rows, columns, data };
}

// Numbers of 16 bits, as the weights are shipped: 1 for the sign, 5 for the exponent, 10 for the rest.
export function fromHalf(bits) {
  const numbers = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const sign = bits[i] & 0x8000 ? -1 : 1;
    const exponent = (bits[i] >> 10) & 31;
    const rest = bits[i] & 1023;
    if (exponent === 0) numbers[i] = sign * rest * 2 ** -24;
    else if (exponent === 31) numbers[i] = rest ? NaN : sign * Infinity;
    else numbers[i] = sign * (1 + rest / 1024) * 2 ** (exponent - 15);
  }
  return numbers;
}

// x W.T + b, as torch's linear layers keep their weights: a row for each number that comes out.
export function linear(x, weight, bias = null) {
  const y = matrix(x.rows, weight.rows);
  const n = x.columns;
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < weight.rows; j++) {
      const a = i * n, b = j * n;
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0; // four sums, so that they need not wait for each other
      let k = 0;
      for (; k + 3 < n; k += 4) {
        s0 += x.data[a + k] * weight.data[b + k];
        s1 += x.data[a + k + 1] * weight.data[b + k + 1];
        s2 += x.data[a + k + 2] * weight.data[b + k + 2];
        s3 += x.data[a + k + 3] * weight.data[b + k + 3];
      }
      for (; k < n; k++) s0 += x.data[a + k] * weight.data[b + k];
      y.data[i * y.columns + j] = s0 + s1 + s2 + s3 + (bias ? bias.data[j] : 0);
    }
  }
  return y;
}

export function add(x, y) {
  return matrix(x.rows, x.columns, x.data.map((value, i) => value + y.data[i]));
}

export function layerNorm(x, weight, bias, eps = 1e-5) {
  const y = matrix(x.rows, x.columns);
  for (let i = 0; i < x.rows; i++) {
    const row = x.data.subarray(i * x.columns, (i + 1) * x.columns);
    let mean = 0;
    for (const value of row) mean += value;
    mean /= row.length;
    let variance = 0;
    for (const value of row) variance += (value - mean) ** 2;
    const inverse = 1 / Math.sqrt(variance / row.length + eps);
    for (let j = 0; j < row.length; j++) {
      y.data[i * x.columns + j] = (row[j] - mean) * inverse * weight.data[j] + bias.data[j];
    }
  }
  return y;
}

// x Φ(x) with Φ by Abramowitz and Stegun, 7.1.26: off by less than 2e-7.
export function gelu(x) {
  const y = matrix(x.rows, x.columns);
  for (let i = 0; i < x.data.length; i++) {
    const z = Math.abs(x.data[i]) / Math.SQRT2;
    const t = 1 / (1 + 0.3275911 * z);
    const poly =
      t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    const erf = 1 - poly * Math.exp(-z * z);
    y.data[i] = x.data[i] * 0.5 * (1 + (x.data[i] < 0 ? -erf : erf));
  }
  return y;
}

// Shares of each row; where mayAttend says no, the share is 0.
export function softmax(scores, mayAttend = () => true) {
  const shares = matrix(scores.rows, scores.columns);
  for (let i = 0; i < scores.rows; i++) {
    let highest = -Infinity;
    for (let j = 0; j < scores.columns; j++) {
      if (mayAttend(i, j)) highest = Math.max(highest, scores.data[i * scores.columns + j]);
    }
    let sum = 0;
    for (let j = 0; j < scores.columns; j++) {
      if (!mayAttend(i, j)) continue;
      const value = Math.exp(scores.data[i * scores.columns + j] - highest);
      shares.data[i * scores.columns + j] = value;
      sum += value;
    }
    if (sum > 0) for (let j = 0; j < scores.columns; j++) shares.data[i * scores.columns + j] /= sum;
  }
  return shares;
}
