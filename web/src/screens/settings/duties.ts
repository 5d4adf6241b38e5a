import type { Schemas } from "../../api/client";

type Role = Schemas["Role"];

/** Duties that one person should not have together, and the word that says why. */
const conflicts: { roles: [Role, Role]; word: string }[] = [
  { roles: ["maker", "checker"], word: "makerChecker" },
  { roles: ["maker", "approver"], word: "makerApprover" },
  { roles: ["admin", "maker"], word: "adminMaker" },
];

/** The conflicts of duties in one person, as words of settings.team.conflicts. */
export function conflictsOf(roles: Role[]): string[] {
  return conflicts.filter((c) => c.roles.every((r) => roles.includes(r))).map((c) => c.word);
}
