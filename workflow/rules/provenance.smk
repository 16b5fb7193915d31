# In: the provenance that results carry. Out: those that something else made than what would make them now are made again.
from snakemake.persistence import ParamsChange


def compare_provenance(dag):
    """Let the graph of jobs find what its own metadata cannot tell: they may be of other files, or not there."""
    find = dag.update_needrun
    comparison = reruns.Comparison()

    async def update_needrun(*arguments, **options):
        dag.update_needrun = find  # once: what is made from now on needs no comparison
        await find(*arguments, **options)
        differing = [(job, comparison.difference(job)) for job in dag.jobs if not dag.needrun(job)]
        for job, difference in differing:
            if difference:
                dag.reason(job).params_changed = ParamsChange(only_old={difference}, files=set(job.output))
        if any(difference for _, difference in differing):
            await find(*arguments, **options)
        if workflow.touch and not workflow.dryrun:
            accept_files(dag)

    dag.update_needrun = update_needrun


def accept_files(dag):
    """Under --touch, let the files that are there say that what would be made now made them."""
    for level in dag.toposorted():
        comparison = reruns.Comparison()
        for job in level:
            if comparison.difference(job):
                reruns.accept(job, comparison)


def build_dag(build=workflow._build_dag):
    compare_provenance(workflow.dag)
    build()


# Once for all studies that a workflow imports: any of them knows the results of the others.
if workflow.is_main_process and not hasattr(workflow, "compares_provenance"):
    workflow.compares_provenance = True
    workflow._build_dag = build_dag
