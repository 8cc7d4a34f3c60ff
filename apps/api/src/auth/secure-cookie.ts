/**
 * Whether a session's cookie is for https alone. Only on this machine itself does it go over plain http: from anywhere
 * else it could be read on the way, so browsers are told to not keep it there.
 *
 * @param request `host` as the client names it, with or without a port
 */
export const isSecureCookie = ({ protocol, host }: { readonly protocol: string; readonly host: string }): boolean =>
  protocol === 'https' || !isLoopback(host)

function isLoopback(host: string): boolean {
  // In one spelling: `127.1` is 127.0.0.1.
  const name = URL.parse(`http://${host}`)?.hostname ?? ''
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name)
}
