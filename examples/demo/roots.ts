import { rootCertificates } from 'node:tls'
import { buildTruststore, type Finding, lintTruststore } from 'portcullis'
import { heading, shorten, table, width } from './table.ts'

const expiresWithinDays = 90

/** Builds and lints a truststore of the Mozilla roots that ship with Node, and prints the findings. */
export function showPublicRoots(): void {
  const bundle = rootCertificates.join('\n')
  const begin = performance.now()
  const store = buildTruststore(bundle)
  const milliseconds = performance.now() - begin
  const { findings, counts, accepted } = lintTruststore(bundle, { expiresWithinDays })

  console.log(heading('1  The public roots that ship with Node, as a truststore'))
  console.log(
    [
      `  ${rootCertificates.length} certificates, ${store.certificates.length} usable; built in ${milliseconds.toFixed(0)} ms, every self-signature checked`,
      `  version ${store.fingerprint}`,
      `  lint: ${accepted ? 'accepted' : 'not accepted'}; ${counts.error} errors, ${counts.warning} warnings, ${counts.info} notes`,
    ].join('\n'),
  )
  if (findings.length === 0) return
  console.log(
    `\n${table([{ title: 'severity' }, { title: 'finding' }, { title: 'count', right: true }, { title: 'example' }], summarise(findings))}`,
  )
  console.log('\n  The first finding of each kind in full:')
  for (const [finding] of byCode(findings)) console.log(describe(finding!))
}

/** One row per code: the number of findings, and the subject of the first. */
function summarise(findings: readonly Finding[]): readonly (readonly string[])[] {
  return byCode(findings).map((group) => {
    const [{ severity, code, subject }] = group as readonly [Finding]
    return [severity, code, String(group.length), subject ?? '']
  })
}

/** Groups findings by code: errors first, then the most frequent. */
function byCode(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) groups.set(finding.code, [...(groups.get(finding.code) ?? []), finding])
  const rank = ([finding]: readonly Finding[]): number => ['error', 'warning', 'info'].indexOf(finding!.severity)
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || b.length - a.length)
}

function describe({ severity, code, message, subject, fingerprint, citation, line }: Finding): string {
  const place = line === undefined ? '' : `line ${line} of the bundle: `
  return [
    `  • ${severity} ${code}: ${message}`,
    `    ${shorten(`${place}${subject ?? ''}`, width - 4)}`,
    ...(fingerprint === undefined ? [] : [`    SHA-256 ${fingerprint}`]),
    `    ${shorten(citation, width - 4)}`,
  ].join('\n')
}
