# In: the provenance that results carry. Out: those are made again that something else made than what would make them now;
# those that it made are kept, whatever their dates and with Snakemake's metadata or without.
import sys
from contextlib import contextmanager

from snakemake.logging import logger
from snakemake.persistence import ParamsChange


def compare_provenance(dag):
    """Let the graph of jobs go by the provenance of the results as well as by Snakemake's metadata."""
    find, comparison = dag.update_needrun, reruns.Comparison()

    async def update_needrun(*arguments, **options):
        dag.update_needrun = find  # once: what is made from now on needs no comparison
        with content_counts(dag, comparison):
            await find(*arguments, **options)
            overlooked = [job for job in dag.jobs if not dag.needrun(job) and comparison.difference(job)]
            for job in overlooked:
                change = ParamsChange(only_old={comparison.difference(job)}, files=set(job.output))
                dag.reason(job).params_changed = change
            if overlooked:
                await find(*arguments, **options)
        if workflow.touch and not workflow.dryrun:
            accept_files(dag)

    dag.update_needrun = update_needrun


@contextmanager
def content_counts(dag, comparison):
    """Let an input that is newer than a result be no reason to make it again where the result says that it is the same."""
    persistence, recorded = workflow.persistence, workflow.persistence.input_checksums

    def input_checksums(job, path):
        return {reruns.checksum(path)} if comparison.matches(job) else recorded(job, path)

    limit, dag.max_checksum_file_size = dag.max_checksum_file_size, sys.maxsize
    persistence.input_checksums = input_checksums
    try:
        yield
    finally:
        dag.max_checksum_file_size = limit
        del persistence.input_checksums


def accept_files(dag):
    """Under --touch, let the files that are there say that what would be made now made them."""
    for level in dag.toposorted():
        comparison = reruns.Comparison()
        for job in level:
            if comparison.difference(job):
                reruns.accept(job, comparison)


def verify_cached(cached):
    """Take from Snakemake's cache only what says that it is what would be made now."""
    is_there, take = cached.exists, cached.fetch

    async def exists(job):
        if not await is_there(job):
            return False
        copies = await cached.get_outputfiles_and_cachefiles(job)
        paths = {str(path): str(copy) for path, copy in copies}
        difference = reruns.Comparison().difference_of_copies(job, paths)
        if difference:
            logger.warning(f"{job.output[0]}: not taken from the cache: {difference}.")
        return not difference

    async def fetch(job):
        if not await exists(job):
            cached.raise_cache_miss_exception(job)
        await take(job)

    cached.exists, cached.fetch = exists, fetch


def build_dag(build=workflow._build_dag):
    if workflow.is_main_process:
        compare_provenance(workflow.dag)
    if CACHE:
        verify_cached(workflow.output_file_cache)
    build()


# Once for all studies that a workflow imports: any of them knows the results of the others.
if not hasattr(workflow, "compares_provenance"):
    workflow.compares_provenance = True
    workflow._build_dag = build_dag
