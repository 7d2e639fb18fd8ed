import type { CalibrationSummary } from '@promptloom/search/row-view'
import { cutoffWorth } from '../cutoff-worth.ts'
import { html, type Markup } from './markup.ts'
import { percent } from './numbers.ts'

const WORTH = {
  good: 'good',
  poor: 'poor: take it for a hint',
  none: 'none: this model does not tell related from unrelated here',
}

/** The cut-off of each kind of question with its two rates, and whether it is of any use. */
export function cutoffSection(cutoffs: readonly CalibrationSummary[]): Markup {
  const rows = cutoffs.map(
    (one) =>
      html`<tr><td>${one.route}</td><td>${one.score === null ? 'none' : one.score.toFixed(2)}</td><td>${percent(one.falseAcceptRate)} of ${one.falseAcceptQuestions}</td><td>${percent(one.missRate)} of ${one.missPairs}</td><td class="text">${WORTH[cutoffWorth(one)]}</td><td class="wide">${one.pairs}</td></tr>`,
  )
  return html`<h2>Cut-offs of the search</h2><p class="soft">A hit that scores less is no better than chance. Rates are of questions that did not set the cut-off: unrelated ones that got a hit all the same, and known pairs that were not found.</p>
<div class="scroll"><table><thead><tr><th>question</th><th>cut-off</th><th>false accepts</th><th>misses</th><th class="text">worth</th><th class="text">known pairs</th></tr></thead><tbody>${rows}</tbody></table></div>`
}
