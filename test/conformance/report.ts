import type { Exception, Outcome } from './suite.ts'

/** The figures of the suites as a Markdown table. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ suite, cases, agreeing, exceptions, wrongAccepts, problems }) => {
    const failing = problems.length === 0 ? '' : ` (${problems.length} problems)`
    return `| ${suite.name}${failing} | ${number(cases)} | ${number(agreeing)} | ${exceptions.length} | ${wrongAccepts.length} |`
  })
  const sum = (count: (outcome: Outcome) => number): number => outcomes.reduce((total, outcome) => total + count(outcome), 0)
  const total = [
    number(sum(({ cases }) => cases)),
    number(sum(({ agreeing }) => agreeing)),
    sum(({ exceptions }) => exceptions.length),
    sum(({ wrongAccepts }) => wrongAccepts.length),
  ]
  const head = ['| suite | cases | agree | exceptions | of these, accepted |', '| --- | ---: | ---: | ---: | ---: |']
  return [...head, ...rows, `| **all** | ${total.join(' | ')} |`].join('\n')
}

/** The whole document: the table, how each suite is put to portcullis, and every exception with its reason. */
export function conformanceDocument(outcomes: readonly Outcome[]): string {
  const sections = outcomes.map(({ suite, exceptions }) =>
    [`## ${suite.name}`, suite.mapping, ...exceptionGroups(exceptions)].join('\n\n'),
  )
  return `${[introduction, outcomeTable(outcomes), ...sections].join('\n\n')}\n`
}

const introduction = `# Conformance

What portcullis says to public test suites. Every case is run under the policy it was written for; where portcullis decides
otherwise, the case is listed below with the reason, and a test fails when a listed case changes or a new one appears.
The last column counts the exceptions in which the suite rejects and portcullis accepts. Written by \`tsx tools/conformance.ts --write\`;
do not edit.`

/** Exceptions for the same reason are listed together: some reasons cover a hundred cases. */
function exceptionGroups(exceptions: readonly Exception[]): readonly string[] {
  const groups = new Map<string, Exception[]>()
  for (const exception of exceptions) {
    const key = `${exception.expected} → ${exception.actual}: ${exception.reason}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [exception])
    else group.push(exception)
  }
  return [...groups].map(([key, group]) => {
    const ids = group.map(({ id }) => `\`${id}\``).join(', ')
    return `**${key}** (${group.length})\n${ids}`
  })
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
