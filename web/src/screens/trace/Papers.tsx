import { Anchor, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import { Table } from "../../ui/Table";
import { Whole } from "../../ui/Whole";
import { Digest } from "../../signing/Digest";
import type { Trace } from "./queries";
import { useThing } from "./Timeline";
import classes from "./Trace.module.css";

/** The papers with their digests, and what others need to check them in public. */
export function Papers({ of }: { of: Trace }) {
  const { t, i18n } = useTranslation();
  const nameOf = useNames();
  const thing = useThing(of);
  const titled = (name: string) => ({ "data-title": t(`trace.papers.${name}`) });
  return (
    <section className={classes.part}>
      <Title order={2}>
        {t("trace.papers.title")}
      </Title>
      <Text size="sm" c="dimmed" maw={760}>
        {t("trace.papers.about")}
      </Text>
      <Table label={t("trace.papers.title")}>
        <thead>
          <tr>
            {(["paper", "by", "digest", "code"] as const).map((name) => (
              <th key={name} scope="col">
                {t(`trace.papers.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.papers.map((p) => (
            <tr key={p.id}>
              <th scope="row" {...titled("paper")}>
                {p.shown ? (
                  <Link to="/documents/$id" params={{ id: p.id }} className={classes.link}>
                    <Whole text={thing("document", p.id)} />
                  </Link>
                ) : (
                  <Whole text={thing("document", p.id)} />
                )}
              </th>
              <td {...titled("by")}>{p.organisation ? nameOf(p.organisation) : t("common.none")}</td>
              <td {...titled("digest")}>{p.digest ? <Digest value={p.digest} /> : t("trace.papers.hidden")}</td>
              <td {...titled("code")}>
                {p.check_code && (
                  <Anchor
                    size="sm"
                    ff="monospace"
                    href={`/verify?${new URLSearchParams({ lang: i18n.language, code: p.check_code }).toString()}`}
                    target="_blank"
                    rel="noreferrer"
                    aria-label={t("trace.papers.check", { code: p.check_code })}
                  >
                    {p.check_code}
                  </Anchor>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}
