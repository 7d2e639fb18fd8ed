import type { Report } from './report-schema.ts'

export function htmlReport(report: Report): string {
  return `<!doctype html><title>${report.run}</title>`
}
