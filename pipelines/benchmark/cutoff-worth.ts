import type { CalibrationSummary } from '@promptloom/search/row-view'

/** What a cut-off is worth, in a few words: one that lets half of the nonsense in, or keeps half of the hits out, is none. */
export function cutoffWorth({ score, falseAcceptRate, missRate }: CalibrationSummary): 'good' | 'poor' | 'none' {
  if (score === null || falseAcceptRate >= 0.5 || missRate >= 0.5) return 'none'
  return falseAcceptRate > 0.1 || missRate > 0.2 ? 'poor' : 'good'
}
