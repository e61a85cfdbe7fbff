"""What progress bars say of the step that a study is at, by its English; of ids alone nothing has to be said."""

from __future__ import annotations

__all__ = ["MESSAGES", "SENTENCES"]

SENTENCES: dict[str, str] = {}

MESSAGES: dict[str, str] = {
    "all risks, no plan": "全部风险，无应急预案",
    "quarters with and without risks": "有风险与无风险的季度",
    "without {risk}": "无 {risk}",
    "without all of these": "无以上全部风险",
    "without each risk, with each contingency plan": "逐一去除风险、逐一加入应急预案",
    "with each contingency plan": "逐一加入应急预案",
    "with {plan}": "有 {plan}",
    "with {plan} and {other}": "有 {plan} 和 {other}",
    "{plan} {days} days later": "{plan} 晚 {days} 天",
    "{risk} at {factor} times its rate": "{risk} 的发生率为 {factor} 倍",
    "{risk} at {factor} times its rate, with {plan}": "{risk} 的发生率为 {factor} 倍，有 {plan}",
    "attribution {number} of {total}": "损失分摊 {number}/{total}",
    "the plan as it is": "原计划",
    "grades C and D at their worst": "等级 C、D 取最不利值",
    "grades C and D at their best": "等级 C、D 取最有利值",
    "point {number} of {total}": "第 {number}/{total} 个取值点",
    "sets of contingency plans": "应急预案组合",
    "quarters under these quotas": "现有指标下的季度",
    "quarters under equal chances, round {number}": "概率均等时的季度，第 {number} 轮",
    "round {number}": "第 {number} 轮",
    "quarters, nobody acts on a light": "亮灯后无人行动的季度",
    "test as planned": "按计划试点",
    "test without effect": "试点无效果",
    "no test": "不试点",
    "prices of rules": "规则的影子价格",
    "prices of demand and hours": "需求与工时的影子价格",
    "figures moved": "变动的数据",
    "quarters from {start}": "{start} 起的季度",
    # what a saved run found, in the list of runs
    "expects {amount} of {target}": "期望签约 {amount}，目标 {target}",
    "chance of {target}: {chance}": "目标 {target} 的达成概率：{chance}",
    "chance {before} → {after}": "达成概率 {before} → {after}",
    "chance {without} without risks, {with_them} with them": "达成概率：无风险 {without}，有风险 {with_them}",
    "chance {now}, wanted {wanted}": "达成概率 {now}，要求 {wanted}",
    "{allocation}: chance {chance}": "{allocation}：达成概率 {chance}",
    "buy: {plans}": "值得投入：{plans}",
    "hold {plans}": "准备：{plans}",
    "over-assignment for {wanted}: {found}": "达到 {wanted} 所需的指标上浮：{found}",
    "optimism {first} → {last}": "乐观偏差 {first} → {last}",
    "{inside} of {of} within P10–P90": "{of} 个中有 {inside} 个落在 P10–P90 之内",
    "{policy} sees gains from {smallest} on": "{policy} 能看出 {smallest} 以上的提升",
    "{kpi} rests most on {path}": "{kpi} 主要取决于 {path}",
    "no range is stated": "未给出范围",
    "none": "无",
}
