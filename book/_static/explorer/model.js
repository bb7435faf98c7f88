// A causal language model, as course_lib/models/causal_lm.py computes it: pre-norm blocks, sinusoids.

import { add, fromHalf, gelu, layerNorm, linear, matrix, softmax } from "./tensors.js";

export class CausalLm {
  // config: the model's sizes; tensors: {name: matrix}, named as in the checkpoint.
  constructor(config, tensors) {
    this.config = config;
    this.tensors = tensors;
  }

  // about: {config, tensors: [{name, shape, start}]}; buffer: all numbers, 16 bits each.
  static from(about, buffer) {
    const tensors = {};
    for (const { name, shape, start } of about.tensors) {
      const [rows, columns] = shape.length === 2 ? shape : [1, shape[0]];
      const bits = new Uint16Array(buffer, 2 * start, rows * columns);
      tensors[name] = matrix(rows, columns, fromHalf(bits));
    }
    return new CausalLm(about.config, tensors);
  }

  // Returns {weights: [layer][head] -> matrix (T, T), logits of the last place}.
  // masked, positions: switched off to see what they do. sharpness: multiplies every score.
  forward(ids, { masked = true, positions = true, sharpness = 1 } = {}) {
    let x = this.embed(ids, positions);
    const weights = [];
    for (let layer = 0; layer < this.config.n_layers; layer++) {
      const found = this.attend(layer, x, masked, sharpness);
      weights.push(found.weights);
      x = add(x, found.output);
      x = add(x, this.feedForward(layer, x));
    }
    const last = matrix(1, x.columns, x.data.slice((x.rows - 1) * x.columns));
    const normal = layerNorm(last, this.tensors["norm.weight"], this.tensors["norm.bias"]);
    return { weights, logits: linear(normal, this.tensors["embedding.weight"]).data };
  }

  embed(ids, positions) {
    const D = this.config.d_model;
    const table = this.tensors["embedding.weight"];
    const x = matrix(ids.length, D);
    for (let t = 0; t < ids.length; t++) {
      for (let d = 0; d < D; d++) {
        const angle = t * 10000 ** (-(d - (d % 2)) / D);
        const place = positions ? (d % 2 ? Math.cos(angle) : Math.sin(angle)) : 0;
        x.data[t * D + d] = table.data[ids[t] * D + d] * Math.sqrt(D) + place;
      }
    }
    return x;
  }

  attend(layer, x, masked, sharpness) {
    const part = (name) => this.tensors[`layers.${layer}.${name}`];
    const project = (h, name) =>
      linear(h, part(`self_attention.${name}_proj.weight`), part(`self_attention.${name}_proj.bias`));
    const normal = layerNorm(
      x, part("self_attention_norm.weight"), part("self_attention_norm.bias"));
    const [query, key, value] = ["query", "key", "value"].map((name) => project(normal, name));
    const T = x.rows, K = x.columns / this.config.n_heads;
    const joined = matrix(T, x.columns);
    const weights = [];
    for (let head = 0; head < this.config.n_heads; head++) {
      const scores = matrix(T, T);
      for (let i = 0; i < T; i++) {
        for (let j = 0; j < T; j++) {
          let product = 0;
          for (let k = head * K; k < (head + 1) * K; k++) {
            product += query.data[i * x.columns + k] * key.data[j * x.columns + k];
          }
          scores.data[i * T + j] = (sharpness * product) / Math.sqrt(K);
        }
      }
      const shares = softmax(scores, (i, j) => !masked || j <= i);
      for (let i = 0; i < T; i++) {
        for (let j = 0; j < T; j++) {
          const share = shares.data[i * T + j];
          for (let k = head * K; k < (head + 1) * K; k++) {
            joined.data[i * x.columns + k] += share * value.data[j * x.columns + k];
          }
        }
      }
      weights.push(shares);
    }
    return { weights, output: project(joined, "output") };
  }

  feedForward(layer, x) {
    const part = (name) => this.tensors[`layers.${layer}.${name}`];
    const normal = layerNorm(x, part("feed_forward_norm.weight"), part("feed_forward_norm.bias"));
    const hidden = gelu(
      linear(normal, part("feed_forward.hidden_proj.weight"), part("feed_forward.hidden_proj.bias")));
    return linear(
      hidden, part("feed_forward.output_proj.weight"), part("feed_forward.output_proj.bias"));
  }
}
