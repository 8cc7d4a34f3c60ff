import { Controller, Inject } from '@nestjs/common'
import { userRoutes as routes } from '@vm-x/contract'
import { newOneTimePassword } from '../auth/one-time-password.ts'
import { presentedSession } from '../auth/presented-session.ts'
import { Changes } from '../change/changes.ts'
import { type Call, param, userOf } from '../http/call.ts'
import { Handle, Input } from '../http/handle.ts'
import { MANAGEMENT, type Management } from '../http/management.ts'
import { UserService } from './user.service.ts'
import { UserAccessService } from './user-access.service.ts'

@Controller()
export class UserController {
  constructor(
    @Inject(MANAGEMENT) private readonly management: Management,
    @Inject(Changes) private readonly changes: Changes,
    @Inject(UserService) private readonly users: UserService,
    @Inject(UserAccessService) private readonly accesses: UserAccessService,
  ) {}

  @Handle(routes.listUsers)
  list(@Input() call: Call<typeof routes.listUsers>) {
    return this.users.list(call.policy, call.query)
  }

  @Handle(routes.createUser)
  async create(@Input() call: Call<typeof routes.createUser>) {
    const oneTimePassword = newOneTimePassword()
    const hash = await this.management.hasher.hash(oneTimePassword)
    const user = await this.changes.run(call.author, (change) => this.users.create(change, { ...call.body, hash }))
    return { ...user, oneTimePassword }
  }

  @Handle(routes.getUser)
  get(@Input() call: Call<typeof routes.getUser>) {
    return this.users.get(param(call, 'userId'))
  }

  @Handle(routes.updateUser)
  update(@Input() call: Call<typeof routes.updateUser>) {
    return this.changes.run(call.author, (change) =>
      this.users.update(change, param(call, 'userId'), call.version, call.body),
    )
  }

  @Handle(routes.deleteUser)
  remove(@Input() call: Call<typeof routes.deleteUser>) {
    return this.changes.run(call.author, (change) => this.users.remove(change, param(call, 'userId'), call.version))
  }

  @Handle(routes.resetPassword)
  async resetPassword(@Input() call: Call<typeof routes.resetPassword>) {
    const oneTimePassword = newOneTimePassword()
    const hash = await this.management.hasher.hash(oneTimePassword)
    const user = await this.changes.run(call.author, (change) =>
      this.users.resetPassword(change, param(call, 'userId'), call.version, hash),
    )
    return { ...user, oneTimePassword }
  }

  @Handle(routes.getUserAccess)
  access(@Input() call: Call<typeof routes.getUserAccess>) {
    const asker = { id: userOf(call).id, policy: call.policy }
    return this.accesses.explain(param(call, 'userId'), call.query, asker)
  }

  @Handle(routes.listUserSessions)
  async sessions(@Input() call: Call<typeof routes.listUserSessions>) {
    const { id } = await this.users.get(param(call, 'userId'))
    const sessions = await this.management.signIn.sessionsOf(id)
    return { items: sessions.map((session) => presentedSession(session, call.signedIn?.sessionId)) }
  }

  @Handle(routes.endUserSessions)
  endSessions(@Input() call: Call<typeof routes.endUserSessions>) {
    return this.changes.run(call.author, (change) => this.users.endSessions(change, param(call, 'userId')))
  }
}
