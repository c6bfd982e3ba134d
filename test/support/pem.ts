/** PEM written by Node, independently of portcullis. */
export function pemOf(label: string, der: Uint8Array): string {
  const text = Buffer.from(der).toString('base64')
  return `-----BEGIN ${label}-----\n${(text.match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`
}
