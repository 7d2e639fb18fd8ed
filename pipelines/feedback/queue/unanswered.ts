import { countOf } from '../../display/numbers.ts'
import { nightBefore, QueueJournal, type Unanswered } from './journal.ts'

/** Counts the queue's calls of the last twelve hours that have no answer; reads only the journal, also while a run goes on. */
export async function readUnanswered(workspace: string): Promise<Unanswered> {
  return (await QueueJournal.open(workspace)).unansweredSince(nightBefore(new Date()))
}

/** What is said of calls without an answer; empty where there are none. */
export function unansweredText({ refiner, painter }: Unanswered): string {
  const calls = [
    ...(refiner > 0 ? [`${countOf(refiner, 'call')} of the refiner`] : []),
    ...(painter > 0 ? [`${countOf(painter, 'call')} of the painter`] : []),
  ].join(' and ')
  if (calls === '') return ''
  return `feedback: ${calls} in the last twelve hours without an answer (on the way, or cut off); each counts against the budget as if it had cost the most that it can.`
}
