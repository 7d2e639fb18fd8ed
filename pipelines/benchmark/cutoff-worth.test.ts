import type { CalibrationSummary } from '@promptloom/search/row-view'
import { expect, test } from 'vitest'
import { cutoffWorth } from './cutoff-worth.ts'
import { remarksOn } from './remarks.ts'
import { htmlReport } from './report/html.ts'
import { markdownReport } from './report/markdown.ts'
import { cellReport, reportOf, trackReport } from './report/report.double.ts'

const good: CalibrationSummary = {
  route: 'text→prompts',
  score: 2.345,
  measure: 'kind',
  mean: 0.2,
  spread: 0.05,
  falseAcceptRate: 0.02,
  falseAcceptQuestions: 60,
  missRate: 0.05,
  missPairs: 100,
  separation: 0.99,
  pairs: 'a prompt and its beginning',
  rows: 1000,
  made: '2026-11-24T06:00:00.000Z',
}
const fullReport = () => reportOf([trackReport({ cells: [cellReport({ effort: 'auto', recall: 0.99, p95: 5 })] })])
const none = { ...good, route: 'picture→pictures', score: null, falseAcceptRate: 1, missRate: 0 } as const

test('a cut-off is worth what its two rates are', () => {
  expect(cutoffWorth(good)).toBe('good')
  expect(cutoffWorth({ ...good, falseAcceptRate: 0.11 })).toBe('poor')
  expect(cutoffWorth({ ...good, missRate: 0.21 })).toBe('poor')
  expect(cutoffWorth({ ...good, missRate: 0.5 })).toBe('none')
  expect(cutoffWorth({ ...good, falseAcceptRate: 0.5 })).toBe('none')
  expect(cutoffWorth(none)).toBe('none')
})

test('page and text show each cut-off with both rates, and say where there is none', () => {
  const report = { ...fullReport(), cutoffs: [good, none] }
  const page = htmlReport(report)
  expect(page).toContain('Cut-offs of the search')
  expect(page).toMatch(/text→prompts<\/td><td>2\.3[45]<\/td><td>2 % of 60<\/td><td>5 % of 100<\/td>.*good/)
  expect(page).toContain('none: this model does not tell related from unrelated here')
  const text = markdownReport(report)
  expect(text).toMatch(/\| text→prompts \| 2\.3[45] \(kind\) \| 2 % of 60 \| 5 % of 100 \| good \|/)
  expect(text).toContain('| picture→pictures | none |')
  expect(htmlReport(fullReport())).not.toContain('Cut-offs of the search')
})

test('a reader is warned of kinds of question that have no useful cut-off', () => {
  expect(remarksOn({ ...fullReport(), cutoffs: [good, none] }).join('\n')).toContain(
    'No useful cut-off for picture→pictures: the model does not tell related from unrelated there',
  )
  expect(remarksOn({ ...fullReport(), cutoffs: [good] }).join('\n')).not.toContain('cut-off')
})
