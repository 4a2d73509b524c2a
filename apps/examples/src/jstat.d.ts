// The part of jstat that is used; the package has no types of its own.

declare module 'jstat' {
  const jstat: {
    readonly studentt: {
      /** The quantile of Student's t-distribution: x with P(T ≤ x) = probability. */
      inv(probability: number, degreesOfFreedom: number): number
    }
  }
  export default jstat
}
