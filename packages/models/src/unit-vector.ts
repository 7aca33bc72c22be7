/** `values` at length 1; NaN throughout where they have no direction (all zero, or not finite). */
export function unitVector(values: ArrayLike<number>): Float32Array {
  let squares = 0
  for (let i = 0; i < values.length; i += 1) squares += values[i]! * values[i]!
  const length = Math.sqrt(squares)
  return Float32Array.from(values, (value) => value / length)
}
