import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { IconDownload, IconFolderPlus, IconX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pack, Schemas } from "../../api/client";
import { me, original, packs } from "../../api/queries";
import lists from "../../ui/List.module.css";
import { ProblemNote } from "../../ui/ProblemNote";

/** Gives bytes to the person as a file of a name. */
function save(bytes: Uint8Array<ArrayBuffer>, media: string, name: string) {
  const address = URL.createObjectURL(new Blob([bytes], { type: media }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}

type Props = { papers: Schemas["PaperRow"][]; busy: boolean; onFile: (pack: Pack) => void; onDone: () => void };

/** What can be done with all papers that were picked. */
export function BulkBar({ papers, busy, onFile, onDone }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: actor } = useSuspenseQuery(me);
  const [choosing, setChoosing] = useState(false);
  const download = useMutation({
    mutationFn: async () => {
      for (const paper of papers) {
        const { bytes, media } = await client.fetchQuery(original(paper.id));
        save(bytes, media, paper.file_name);
      }
    },
    onSuccess: onDone,
  });
  return (
    <section className={lists.bulk} aria-label={t("documents.picked", { count: papers.length })}>
      <Text size="sm" fw={600} aria-live="polite">
        {t("documents.picked", { count: papers.length })}
      </Text>
      <Button
        size="xs"
        variant="default"
        loading={download.isPending}
        leftSection={<IconDownload size={14} aria-hidden />}
        onClick={() => download.mutate()}
      >
        {t("documents.download", { count: papers.length })}
      </Button>
      {actor.roles.some((r) => r === "maker" || r === "operator") && (
        <Button
          size="xs"
          variant="default"
          loading={busy}
          leftSection={<IconFolderPlus size={14} aria-hidden />}
          onClick={() => setChoosing(true)}
        >
          {t("documents.filing.button")}
        </Button>
      )}
      <Button size="xs" variant="subtle" leftSection={<IconX size={14} aria-hidden />} onClick={onDone}>
        {t("documents.unpick")}
      </Button>
      {download.error && <ProblemNote error={download.error} />}
      {choosing && (
        <PackChoice
          count={papers.length}
          onClose={() => setChoosing(false)}
          onChoose={(pack) => {
            setChoosing(false);
            onFile(pack);
          }}
        />
      )}
    </section>
  );
}

type ChoiceProps = { count: number; onChoose: (pack: Pack) => void; onClose: () => void };

/** Which trade pack papers go into. */
function PackChoice({ count, onChoose, onClose }: ChoiceProps) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(packs);
  const [id, setID] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const chosen = data?.items.find((p) => p.id === id);
  return (
    <Modal opened onClose={onClose} title={t("documents.filing.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack gap="sm">
        {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
        <Text size="sm">{t("documents.filing.text")}</Text>
        <Select
          searchable
          data-autofocus
          label={t("documents.filing.pack")}
          nothingFoundMessage={t("documents.filing.noPack")}
          data={data?.items.map((p) => ({ value: p.id, label: p.title })) ?? []}
          value={id}
          onChange={setID}
          error={missing && !chosen && t("documents.filing.missing")}
          comboboxProps={{ withinPortal: true }}
        />
        <Group justify="flex-end">
          <Button onClick={() => (chosen ? onChoose(chosen) : setMissing(true))}>
            {t("documents.filing.submit", { count })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
