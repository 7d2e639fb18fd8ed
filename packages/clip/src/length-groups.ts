/** Tokens by which a text may be padded without a second thought: less than what a batch of its own costs. */
const LITTLE = 4

/**
 * Which sequences are run together, as the number of the group that each belongs to; groups are neighbours.
 *
 * Sequences of one length (in steps of `step` tokens) are a group. One that is alone of its length would be run with a
 * copy of itself, to have the bytes that it has in any batch; on a CPU, where `step` is 1, it joins the next longer
 * group instead and is padded, as long as that costs less. After end-of-text nothing matters in a causal tower, and in
 * fp32 on a CPU the bytes stay the same, as tests prove.
 *
 * @param lengths tokens of each sequence, longest first.
 */
export function lengthGroups(lengths: readonly number[], step: number): Int32Array {
  const groups = new Int32Array(lengths.length)
  const stepOf = (at: number) => Math.ceil((lengths[at] ?? 0) / step)
  const isAlone = (at: number) => at < lengths.length && stepOf(at) !== stepOf(at - 1) && stepOf(at) !== stepOf(at + 1)
  let group = 0
  let longest = lengths[0] ?? 0
  for (let at = 1; at < lengths.length; at++) {
    const length = lengths[at] as number
    if (stepOf(at) !== stepOf(at - 1)) {
      const nextJoins = isAlone(at + 1) && length - (lengths[at + 1] as number) <= LITTLE
      const room = nextJoins ? LITTLE : length - 1
      if (step > 1 || !isAlone(at) || longest - length > room) {
        group += 1
        longest = length
      }
    }
    groups[at] = group
  }
  return groups
}
