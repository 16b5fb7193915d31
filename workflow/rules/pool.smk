# In: each trial's own file and its mapping. Out: one harmonised file per trial, what harmonising did, all trials as one, and
# the trials side by side as tables that show no single patient.
rule pool:
    input:
        "<results>/ipd/pooled.parquet",
        files.quality,
        "<results>/quality/report.html",


rule harmonise_trial:
    input:
        raw=lambda wildcards: study.raw_file(wildcards.trial),
    output:
        harmonised="<results>/ipd/harmonised/{trial}.parquet",
        counts="<results>/ipd/quality/{trial}.csv",
        broken="<results>/notices/contract/{trial}.csv",
        provenance="<results>/provenance/harmonise_trial/{trial}.json",
    log:
        "<logs>/harmonise_trial/{trial}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        trial="{trial}",
        mapping=study.mapping,
        variables=study.harmonising,
        ranges=lambda wildcards, input: study.ranges(wildcards),  # `reruns.Comparison` compares them
        pseudonymous=study.pseudonymous,
        key=lambda wildcards, input: config["identifiers"]["key"],  # no number depends on it: not compared
        contract=study.contract,
        code=code("harmonise_trial"),
    script:
        "../scripts/harmonise_trial.py"


rule pool_trials:
    input:
        trials=expand("<results>/ipd/harmonised/{trial}.parquet", trial=study.pooled),
        broken=expand("<results>/notices/contract/{trial}.csv", trial=study.pooled),
    output:
        pooled="<results>/ipd/pooled.parquet",
        notices=results.POOLING,
        provenance="<results>/provenance/pool_trials.json",
    log:
        "<logs>/pool_trials.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        ids=list(study.pooled.values()),
        variables=study.measures,
        code=code("pool_trials"),
    script:
        "../scripts/pool_trials.py"


# What is left out of tables is no reason to harmonise and pool again.
rule describe_trials:
    input:
        pooled="<results>/ipd/pooled.parquet",
        counts=expand("<results>/ipd/quality/{trial}.csv", trial=study.pooled),
    output:
        quality=files.quality,
        distributions=results.DISTRIBUTIONS,
        integrity=results.INTEGRITY,
        provenance="<results>/provenance/describe_trials.json",
    log:
        "<logs>/describe_trials.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        minimum_count=config["disclosure"]["minimum_count"],
        variables=study.measures,
        covariates=study.analysis("primary")["covariates"],
        treated_shares=study.treated_shares,
        code=code("describe_trials"),
    script:
        "../scripts/describe_trials.py"
