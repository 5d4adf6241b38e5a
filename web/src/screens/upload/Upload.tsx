import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/InlineInput.css";
import "@mantine/core/styles/Radio.css";
import { Alert, Button, Group, Loader, Radio, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQueries, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PaperDocument, Schemas } from "../../api/client";
import { organisations, pack as packQuery, paper } from "../../api/queries";
import { ProblemNote } from "../../ui/ProblemNote";
import { DropZone } from "../../upload/DropZone";
import { file, type Filing, proposed } from "../../upload/filing";
import { StateBadge } from "../documents/badges";
import classes from "./Upload.module.css";

function Paper({ document: d, back }: { document: PaperDocument; back: string }) {
  const { t } = useTranslation();
  return (
    <li>
      <span className={classes.name}>
        {d.number ? t("upload.of", { kind: t(`kind.${d.kind ?? "unread"}`), number: d.number }) : d.file_name}
      </span>
      <StateBadge state={d.state} />
      {d.state !== "received" && (
        <Link to="/documents/$id/fields" params={{ id: d.id }} search={{ back }} className={classes.link}>
          {t(d.state === "needs_fields" ? "upload.typeIn" : "upload.read")}
        </Link>
      )}
    </li>
  );
}

type Kind = Schemas["OrgKind"];

/** The organisations that may stand on a side, by the name that the reader knows them by. */
function useChoices(): (...kinds: Kind[]) => { value: string; label: string }[] {
  const { i18n } = useTranslation();
  const { data } = useSuspenseQuery(organisations);
  return (...kinds) =>
    data.items
      .filter((o) => kinds.includes(o.kind))
      .map((o) => ({ value: o.id, label: (i18n.language === "zh-CN" && o.name_local) || o.name }));
}

function sideOf(f: Filing, side: Schemas["PackSide"]): string | null {
  return f.parties.find((p) => p.side === side)?.organisation ?? null;
}

/** What the papers say of their trade, for a person to correct and confirm. */
function Proposal({ filing: f }: { filing: Filing }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const choices = useChoices();
  const [key] = useState(() => window.crypto.randomUUID());
  const [into, setInto] = useState(f.pack ? "old" : "new");
  const [title, setTitle] = useState(f.title);
  const [seller, setSeller] = useState(sideOf(f, "seller"));
  const [obligor, setObligor] = useState(sideOf(f, "obligor"));
  const [tried, setTried] = useState(false);
  const { data: old } = useQuery({ ...packQuery(f.pack ?? "", i18n.language), enabled: Boolean(f.pack) });
  const confirm = useMutation({
    mutationFn: () => {
      if (into === "old") return file(f, key);
      const { pack: _, programme, ...open } = f;
      const others = f.parties.filter((p) => p.side !== "seller" && p.side !== "obligor");
      const same = seller === sideOf(f, "seller") && obligor === sideOf(f, "obligor");
      return file(
        {
          ...open,
          title: title.trim(),
          parties: [
            { organisation: seller ?? "", side: "seller" },
            { organisation: obligor ?? "", side: "obligor" },
            ...others,
          ],
          ...(programme && same ? { programme } : {}),
        },
        key,
      );
    },
    onSuccess: async (pack) => {
      void client.invalidateQueries({ queryKey: ["packs"] });
      await client.invalidateQueries({ queryKey: ["pack", pack.id] });
      await navigate({ to: "/packs/$id", params: { id: pack.id } });
    },
  });
  const wrong = {
    title: into === "new" && title.trim() === "" ? t("upload.nameMissing") : null,
    seller: into === "new" && !seller ? t("upload.sellerMissing") : null,
    obligor: into === "new" && (!obligor || obligor === seller) ? t("upload.obligorMissing") : null,
  };
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    setTried(true);
    const first = Object.entries(wrong).find(([, why]) => why);
    if (first) e.currentTarget.querySelector<HTMLInputElement>(`[name="${first[0]}"]`)?.focus();
    else confirm.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      {f.doubts.length > 0 && (
        <Alert color="orange" variant="light" icon={<IconAlertTriangle size={18} />} title={t("upload.doubts")}>
          <ul className={classes.doubts}>
            {f.doubts.map((d) => (
              <li key={d}>{t(`doubt.${d}`)}</li>
            ))}
          </ul>
        </Alert>
      )}
      {f.pack && (
        <Radio.Group label={t("upload.into")} value={into} onChange={setInto}>
          <Stack gap={8} mt={4}>
            <Radio value="old" label={t("upload.intoOld", { title: old?.title ?? "…" })} />
            <Radio value="new" label={t("upload.intoNew")} />
          </Stack>
        </Radio.Group>
      )}
      {into === "new" && (
        <>
          <TextInput
            name="title"
            label={t("upload.name")}
            required
            value={title}
            maxLength={200}
            error={tried && wrong.title}
            onChange={(e) => setTitle(e.currentTarget.value)}
          />
          <Select
            name="seller"
            label={t("upload.seller")}
            required
            searchable
            placeholder={t("upload.choose1")}
            {...(f.seller_named ? { description: t("upload.named", { name: f.seller_named }) } : {})}
            data={choices("supplier", "core_enterprise")}
            value={seller}
            error={tried && wrong.seller}
            onChange={setSeller}
          />
          <Select
            name="obligor"
            label={t("upload.obligor")}
            required
            searchable
            placeholder={t("upload.choose1")}
            {...(f.obligor_named ? { description: t("upload.named", { name: f.obligor_named }) } : {})}
            data={choices("core_enterprise")}
            value={obligor}
            error={tried && wrong.obligor}
            onChange={setObligor}
          />
        </>
      )}
      {confirm.isError && <ProblemNote error={confirm.error} />}
      <Group gap={12}>
        <Button type="submit" loading={confirm.isPending}>
          {t("upload.confirm")}
        </Button>
        <Text size="sm" c="dimmed">
          {t("upload.later")}
        </Text>
      </Group>
    </form>
  );
}

/** Upload and extract: files come in here, or have come in and say where they belong. */
export function UploadScreen() {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const { documents = "" } = useSearch({ from: "/inside/upload" });
  const ids = documents.split(",").filter((id) => id !== "");
  const papers = useQueries({ queries: ids.map((id) => paper(id, i18n.language)) });
  const states = papers.map((p) => p.data?.state ?? "").join();
  const filing = useQuery({
    queryKey: ["filing", documents, states],
    queryFn: () => proposed(client, ids),
    enabled: ids.length > 0 && papers.every((p) => p.data && p.data.state !== "received"),
  });
  if (ids.length === 0) {
    return (
      <div className={classes.all}>
        <Title order={1}>{t("upload.start")}</Title>
        <Text c="dimmed" mb="md">
          {t("upload.startHelp")}
        </Text>
        <DropZone pack="" primary />
      </div>
    );
  }
  const failed = papers.find((p) => p.error)?.error ?? filing.error;
  return (
    <div className={classes.all}>
      <Title order={1}>{t("upload.heading")}</Title>
      <ul className={classes.papers}>
        {papers.map((p, n) => (p.data ? <Paper key={ids[n]} document={p.data} back={documents} /> : null))}
      </ul>
      {failed ? (
        <ProblemNote error={failed} onRetry={() => void filing.refetch()} />
      ) : filing.data ? (
        <Proposal key={`${documents} ${states}`} filing={filing.data} />
      ) : (
        <Group gap={8}>
          <Loader size="sm" />
          <Text size="sm">{t("upload.waitRead")}</Text>
        </Group>
      )}
    </div>
  );
}
